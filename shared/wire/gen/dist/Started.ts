// Original file: proto/agent.proto


export interface Started {
  'attempt_id'?: (string);
  'at'?: (number | string);
}

export interface Started__Output {
  'attempt_id': (string);
  'at': (number);
}
