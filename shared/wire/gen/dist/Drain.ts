// Original file: proto/agent.proto


export interface Drain {
  'deadline_seconds'?: (number | string);
}

export interface Drain__Output {
  'deadline_seconds': (number);
}
