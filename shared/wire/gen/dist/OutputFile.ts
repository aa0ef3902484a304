// Original file: proto/agent.proto


export interface OutputFile {
  'path'?: (string);
  'data'?: (Buffer | Uint8Array | string);
  'mode'?: (number);
}

export interface OutputFile__Output {
  'path': (string);
  'data': (Buffer);
  'mode': (number);
}
