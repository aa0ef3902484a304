// Original file: proto/agent.proto


// Original file: proto/agent.proto

export const _dist_Verdict_Kind = {
  KEEP: 'KEEP',
  STOP: 'STOP',
  SEND: 'SEND',
  FORGET: 'FORGET',
} as const;

export type _dist_Verdict_Kind =
  | 'KEEP'
  | 0
  | 'STOP'
  | 1
  | 'SEND'
  | 2
  | 'FORGET'
  | 3

export type _dist_Verdict_Kind__Output = typeof _dist_Verdict_Kind[keyof typeof _dist_Verdict_Kind]

export interface Verdict {
  'attempt_id'?: (string);
  'kind'?: (_dist_Verdict_Kind);
  'reason'?: (string);
}

export interface Verdict__Output {
  'attempt_id': (string);
  'kind': (_dist_Verdict_Kind__Output);
  'reason': (string);
}
