// Original file: proto/agent.proto

import type { Usage as _dist_Usage, Usage__Output as _dist_Usage__Output } from '../dist/Usage.ts';
import type { OutputFile as _dist_OutputFile, OutputFile__Output as _dist_OutputFile__Output } from '../dist/OutputFile.ts';

export interface Finished {
  'attempt_id'?: (string);
  'started'?: (boolean);
  'started_at'?: (number | string);
  'outcome'?: (string);
  'exit_code'?: (number);
  'signal'?: (string);
  'reason'?: (string);
  'usage'?: (_dist_Usage | null);
  'shipped'?: (boolean);
  'files'?: (_dist_OutputFile)[];
  'stdout'?: (Buffer | Uint8Array | string);
  'folders'?: (string)[];
  'notices'?: (string)[];
  'build'?: (boolean);
  'trial_json'?: (string);
}

export interface Finished__Output {
  'attempt_id': (string);
  'started': (boolean);
  'started_at': (number);
  'outcome': (string);
  'exit_code': (number);
  'signal': (string);
  'reason': (string);
  'usage': (_dist_Usage__Output | null);
  'shipped': (boolean);
  'files': (_dist_OutputFile__Output)[];
  'stdout': (Buffer);
  'folders': (string)[];
  'notices': (string)[];
  'build': (boolean);
  'trial_json': (string);
}
