// Original file: proto/agent.proto


export interface SaveRules {
  'only_on_success'?: (boolean);
  'exclude'?: (string)[];
  'max_size'?: (number | string);
}

export interface SaveRules__Output {
  'only_on_success': (boolean);
  'exclude': (string)[];
  'max_size': (number);
}
