// Original file: proto/agent.proto

import type { Challenge as _dist_Challenge, Challenge__Output as _dist_Challenge__Output } from '../dist/Challenge.ts';
import type { Welcome as _dist_Welcome, Welcome__Output as _dist_Welcome__Output } from '../dist/Welcome.ts';
import type { Jobset as _dist_Jobset, Jobset__Output as _dist_Jobset__Output } from '../dist/Jobset.ts';
import type { Build as _dist_Build, Build__Output as _dist_Build__Output } from '../dist/Build.ts';
import type { Assign as _dist_Assign, Assign__Output as _dist_Assign__Output } from '../dist/Assign.ts';
import type { Verdict as _dist_Verdict, Verdict__Output as _dist_Verdict__Output } from '../dist/Verdict.ts';
import type { Order as _dist_Order, Order__Output as _dist_Order__Output } from '../dist/Order.ts';
import type { Reject as _dist_Reject, Reject__Output as _dist_Reject__Output } from '../dist/Reject.ts';
import type { Drain as _dist_Drain, Drain__Output as _dist_Drain__Output } from '../dist/Drain.ts';

export interface HeadFrame {
  'challenge'?: (_dist_Challenge | null);
  'welcome'?: (_dist_Welcome | null);
  'jobsets'?: (_dist_Jobset)[];
  'builds'?: (_dist_Build)[];
  'assign'?: (_dist_Assign)[];
  'verdicts'?: (_dist_Verdict)[];
  'orders'?: (_dist_Order)[];
  'beat'?: (boolean);
  'reject'?: (_dist_Reject | null);
  'idle'?: (boolean);
  'drain'?: (_dist_Drain | null);
}

export interface HeadFrame__Output {
  'challenge': (_dist_Challenge__Output | null);
  'welcome': (_dist_Welcome__Output | null);
  'jobsets': (_dist_Jobset__Output)[];
  'builds': (_dist_Build__Output)[];
  'assign': (_dist_Assign__Output)[];
  'verdicts': (_dist_Verdict__Output)[];
  'orders': (_dist_Order__Output)[];
  'beat': (boolean);
  'reject': (_dist_Reject__Output | null);
  'idle': (boolean);
  'drain': (_dist_Drain__Output | null);
}
