// Original file: proto/agent.proto


export interface InputFile {
  'name'?: (string);
  'sha256'?: (Buffer | Uint8Array | string);
  'size'?: (number | string);
  'mode'?: (number);
}

export interface InputFile__Output {
  'name': (string);
  'sha256': (Buffer);
  'size': (number);
  'mode': (number);
}
