// Original file: proto/agent.proto

import type { Hello as _dist_Hello, Hello__Output as _dist_Hello__Output } from '../dist/Hello.ts';
import type { Started as _dist_Started, Started__Output as _dist_Started__Output } from '../dist/Started.ts';
import type { Finished as _dist_Finished, Finished__Output as _dist_Finished__Output } from '../dist/Finished.ts';
import type { BuildReport as _dist_BuildReport, BuildReport__Output as _dist_BuildReport__Output } from '../dist/BuildReport.ts';
import type { Returned as _dist_Returned, Returned__Output as _dist_Returned__Output } from '../dist/Returned.ts';
import type { NodeInfo as _dist_NodeInfo, NodeInfo__Output as _dist_NodeInfo__Output } from '../dist/NodeInfo.ts';
import type { Goodbye as _dist_Goodbye, Goodbye__Output as _dist_Goodbye__Output } from '../dist/Goodbye.ts';

export interface AgentFrame {
  'hello'?: (_dist_Hello | null);
  'started'?: (_dist_Started)[];
  'finished'?: (_dist_Finished)[];
  'builds'?: (_dist_BuildReport)[];
  'returned'?: (_dist_Returned)[];
  'stopped'?: (string)[];
  'node'?: (_dist_NodeInfo | null);
  'beat'?: (boolean);
  'goodbye'?: (_dist_Goodbye | null);
}

export interface AgentFrame__Output {
  'hello': (_dist_Hello__Output | null);
  'started': (_dist_Started__Output)[];
  'finished': (_dist_Finished__Output)[];
  'builds': (_dist_BuildReport__Output)[];
  'returned': (_dist_Returned__Output)[];
  'stopped': (string)[];
  'node': (_dist_NodeInfo__Output | null);
  'beat': (boolean);
  'goodbye': (_dist_Goodbye__Output | null);
}
