// Original file: proto/agent.proto


export interface Welcome {
  'bearer'?: (string);
  'node_name'?: (string);
  'now'?: (number | string);
}

export interface Welcome__Output {
  'bearer': (string);
  'node_name': (string);
  'now': (number);
}
