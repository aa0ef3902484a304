// Original file: proto/agent.proto


// Original file: proto/agent.proto

export const _dist_Order_Kind = {
  DROP: 'DROP',
  STOP: 'STOP',
} as const;

export type _dist_Order_Kind =
  | 'DROP'
  | 0
  | 'STOP'
  | 1

export type _dist_Order_Kind__Output = typeof _dist_Order_Kind[keyof typeof _dist_Order_Kind]

export interface Order {
  'attempt_id'?: (string);
  'kind'?: (_dist_Order_Kind);
}

export interface Order__Output {
  'attempt_id': (string);
  'kind': (_dist_Order_Kind__Output);
}
