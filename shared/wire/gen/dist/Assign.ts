// Original file: proto/agent.proto

import type { InputFile as _dist_InputFile, InputFile__Output as _dist_InputFile__Output } from '../dist/InputFile.ts';

export interface Assign {
  'attempt_id'?: (string);
  'jobset_uid'?: (string);
  'job_name'?: (string);
  'cores'?: (number);
  'script'?: (_dist_InputFile | null);
  'files'?: (_dist_InputFile)[];
  'number'?: (number);
}

export interface Assign__Output {
  'attempt_id': (string);
  'jobset_uid': (string);
  'job_name': (string);
  'cores': (number);
  'script': (_dist_InputFile__Output | null);
  'files': (_dist_InputFile__Output)[];
  'number': (number);
}
