// Between a node's session (agents/) and the loop: what the session tells, and what the loop can do with a session.
import type { NodeId } from '../../shared/model/ids.ts'
import type { NodeMessage } from '../core/effects.ts'
import type { NodeFacts } from '../core/state.ts'
import type { GiveBackItem } from '../store/transitions/give-back.ts'
import type { NodeSeen } from '../store/transitions/node-seen.ts'
import type { StartedItem } from '../store/transitions/started.ts'
import type { FinishItem } from './finish-item.ts'
import type { HeldItem } from './held-item.ts'

/** A live session. */
export interface SessionPort {
  readonly number: number
  readonly node: NodeId
  readonly machine: string
  /** lets the agent's HTTP calls in while the session lives */
  readonly bearer: string
  send(message: NodeMessage): void
  /** Ends it: the agent is told why and comes back if `retry`. */
  end(code: string, reason: string, retry: boolean): void
}

/** What a session reports. Nothing here waits: answers come as messages. */
export interface NodePort {
  /** Machine id of the node's live session, or null. */
  machineOf(node: NodeId): string | null
  /** Opens a session with the node's whole inventory; its older session ends. */
  connect(session: SessionPort, facts: NodeFacts, seen: NodeSeen, held: readonly HeldItem[], built: readonly string[]): void
  disconnected(session: SessionPort): void
  /** The agent leaves for good: nothing of its work runs there any more. */
  goodbye(session: SessionPort): void
  /** a frame of any kind */
  heard(node: NodeId): void
  changed(facts: NodeFacts, seen: NodeSeen): void
  started(items: readonly StartedItem[]): void
  finished(node: NodeId, items: readonly FinishItem[]): void
  buildStarted(node: NodeId, build: string, at: number): void
  buildFinished(node: NodeId, item: FinishItem): void
  /** Attempts handed back, or whose stop or drop is confirmed. */
  returned(items: readonly GiveBackItem[]): void
}
