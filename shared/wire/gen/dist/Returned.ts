// Original file: proto/agent.proto


export interface Returned {
  'attempt_id'?: (string);
  'reason'?: (string);
}

export interface Returned__Output {
  'attempt_id': (string);
  'reason': (string);
}
