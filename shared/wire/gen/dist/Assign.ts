// Original file: proto/agent.proto

import type { InputFile as _dist_InputFile, InputFile__Output as _dist_InputFile__Output } from '../dist/InputFile.ts';
import type { SaveRules as _dist_SaveRules, SaveRules__Output as _dist_SaveRules__Output } from '../dist/SaveRules.ts';

export interface Assign {
  'attempt_id'?: (string);
  'jobset_uid'?: (string);
  'job_name'?: (string);
  'cores'?: (number);
  'script'?: (_dist_InputFile | null);
  'files'?: (_dist_InputFile)[];
  'number'?: (number);
  'run'?: (string);
  'args'?: (string)[];
  'env'?: ({[key: string]: string});
  'time_limit_seconds'?: (number | string);
  'params_json'?: (string);
  'nice'?: (number);
  'save'?: (_dist_SaveRules | null);
  'memory'?: (number | string);
  'gpus'?: (number)[];
  'slot'?: (number);
  'trial_json'?: (string);
}

export interface Assign__Output {
  'attempt_id': (string);
  'jobset_uid': (string);
  'job_name': (string);
  'cores': (number);
  'script': (_dist_InputFile__Output | null);
  'files': (_dist_InputFile__Output)[];
  'number': (number);
  'run': (string);
  'args': (string)[];
  'env': ({[key: string]: string});
  'time_limit_seconds': (number);
  'params_json': (string);
  'nice': (number);
  'save': (_dist_SaveRules__Output | null);
  'memory': (number);
  'gpus': (number)[];
  'slot': (number);
  'trial_json': (string);
}
