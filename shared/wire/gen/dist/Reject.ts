// Original file: proto/agent.proto


export interface Reject {
  'code'?: (string);
  'message'?: (string);
  'hint'?: (string);
  'retry'?: (boolean);
}

export interface Reject__Output {
  'code': (string);
  'message': (string);
  'hint': (string);
  'retry': (boolean);
}
