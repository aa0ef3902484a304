// Original file: proto/agent.proto


export interface Source {
  'git_url'?: (string);
  'ref'?: (string);
  'submodules'?: (boolean);
  'archive_url'?: (string);
  'sha256'?: (Buffer | Uint8Array | string);
}

export interface Source__Output {
  'git_url': (string);
  'ref': (string);
  'submodules': (boolean);
  'archive_url': (string);
  'sha256': (Buffer);
}
