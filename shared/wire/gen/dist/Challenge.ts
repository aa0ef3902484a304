// Original file: proto/agent.proto


export interface Challenge {
  'nonce'?: (Buffer | Uint8Array | string);
  'protocol'?: (number);
  'head_id'?: (string);
  'version'?: (string);
}

export interface Challenge__Output {
  'nonce': (Buffer);
  'protocol': (number);
  'head_id': (string);
  'version': (string);
}
