// Original file: proto/agent.proto


export interface NodeInfo {
  'name'?: (string);
  'capabilities'?: (string)[];
  'cores'?: (number);
  'memory'?: (number | string);
  'slots'?: (number);
  'disk_low'?: (boolean);
  'once'?: (boolean);
  'draining'?: (boolean);
  'gpus'?: (number);
  'disk'?: (number | string);
  'own_builds'?: (boolean);
  'pinning'?: (string);
}

export interface NodeInfo__Output {
  'name': (string);
  'capabilities': (string)[];
  'cores': (number);
  'memory': (number);
  'slots': (number);
  'disk_low': (boolean);
  'once': (boolean);
  'draining': (boolean);
  'gpus': (number);
  'disk': (number);
  'own_builds': (boolean);
  'pinning': (string);
}
