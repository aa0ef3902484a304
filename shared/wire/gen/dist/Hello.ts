// Original file: proto/agent.proto

import type { NodeInfo as _dist_NodeInfo, NodeInfo__Output as _dist_NodeInfo__Output } from '../dist/NodeInfo.ts';
import type { Held as _dist_Held, Held__Output as _dist_Held__Output } from '../dist/Held.ts';

export interface Hello {
  'protocol'?: (number);
  'version'?: (string);
  'node_id'?: (string);
  'signature'?: (Buffer | Uint8Array | string);
  'machine_id'?: (string);
  'node'?: (_dist_NodeInfo | null);
  'held'?: (_dist_Held)[];
  'built'?: (string)[];
  'boot'?: (string);
}

export interface Hello__Output {
  'protocol': (number);
  'version': (string);
  'node_id': (string);
  'signature': (Buffer);
  'machine_id': (string);
  'node': (_dist_NodeInfo__Output | null);
  'held': (_dist_Held__Output)[];
  'built': (string)[];
  'boot': (string);
}
