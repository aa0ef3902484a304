// Original file: proto/agent.proto


export interface Build {
  'build_id'?: (string);
  'jobset_uid'?: (string);
  'cores'?: (number);
  'slot'?: (number);
  'rebuild'?: (boolean);
}

export interface Build__Output {
  'build_id': (string);
  'jobset_uid': (string);
  'cores': (number);
  'slot': (number);
  'rebuild': (boolean);
}
