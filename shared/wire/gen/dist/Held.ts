// Original file: proto/agent.proto


// Original file: proto/agent.proto

export const _dist_Held_State = {
  AHEAD: 'AHEAD',
  RUNNING: 'RUNNING',
  FINISHED: 'FINISHED',
} as const;

export type _dist_Held_State =
  | 'AHEAD'
  | 0
  | 'RUNNING'
  | 1
  | 'FINISHED'
  | 2

export type _dist_Held_State__Output = typeof _dist_Held_State[keyof typeof _dist_Held_State]

export interface Held {
  'attempt_id'?: (string);
  'state'?: (_dist_Held_State);
  'build'?: (boolean);
  'jobset_uid'?: (string);
}

export interface Held__Output {
  'attempt_id': (string);
  'state': (_dist_Held_State__Output);
  'build': (boolean);
  'jobset_uid': (string);
}
