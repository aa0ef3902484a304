// Original file: proto/agent.proto


export interface BuildReport {
  'build_id'?: (string);
  'at'?: (number | string);
  'reused'?: (boolean);
}

export interface BuildReport__Output {
  'build_id': (string);
  'at': (number);
  'reused': (boolean);
}
