// Original file: proto/agent.proto

import type { InputFile as _dist_InputFile, InputFile__Output as _dist_InputFile__Output } from '../dist/InputFile.ts';

export interface Jobset {
  'uid'?: (string);
  'namespace'?: (string);
  'batch_name'?: (string);
  'kind'?: (string);
  'build_file'?: (_dist_InputFile | null);
  'files'?: (_dist_InputFile)[];
}

export interface Jobset__Output {
  'uid': (string);
  'namespace': (string);
  'batch_name': (string);
  'kind': (string);
  'build_file': (_dist_InputFile__Output | null);
  'files': (_dist_InputFile__Output)[];
}
