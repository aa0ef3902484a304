// Original file: proto/agent.proto

import type { InputFile as _dist_InputFile, InputFile__Output as _dist_InputFile__Output } from '../dist/InputFile.ts';
import type { Source as _dist_Source, Source__Output as _dist_Source__Output } from '../dist/Source.ts';

export interface Jobset {
  'uid'?: (string);
  'namespace'?: (string);
  'batch_name'?: (string);
  'kind'?: (string);
  'build_file'?: (_dist_InputFile | null);
  'files'?: (_dist_InputFile)[];
  'build_command'?: (string);
  'sif'?: (_dist_InputFile | null);
  'mounts'?: (string)[];
  'source'?: (_dist_Source | null);
  'share'?: (boolean);
  'packed'?: (boolean);
  'trial_rules_json'?: (string);
}

export interface Jobset__Output {
  'uid': (string);
  'namespace': (string);
  'batch_name': (string);
  'kind': (string);
  'build_file': (_dist_InputFile__Output | null);
  'files': (_dist_InputFile__Output)[];
  'build_command': (string);
  'sif': (_dist_InputFile__Output | null);
  'mounts': (string)[];
  'source': (_dist_Source__Output | null);
  'share': (boolean);
  'packed': (boolean);
  'trial_rules_json': (string);
}
