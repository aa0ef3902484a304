// Original file: proto/agent.proto


export interface Usage {
  'wall_seconds'?: (number | string);
  'user_seconds'?: (number | string);
  'system_seconds'?: (number | string);
  'peak_memory'?: (number | string);
  'memory_source'?: (string);
}

export interface Usage__Output {
  'wall_seconds': (number);
  'user_seconds': (number);
  'system_seconds': (number);
  'peak_memory': (number);
  'memory_source': (string);
}
