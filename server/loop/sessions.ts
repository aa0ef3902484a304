// The open sessions by node: where the core's messages go, and whose bearer is whose.
import type { NodeId } from '../../shared/model/ids.ts'
import type { NodeBearers } from '../ports/head.ts'
import type { SessionPort } from '../ports/nodes.ts'

export class Sessions implements NodeBearers {
  readonly #byNode = new Map<NodeId, SessionPort>()
  readonly #byBearer = new Map<string, NodeId>()

  of(node: NodeId): SessionPort | undefined {
    return this.#byNode.get(node)
  }

  /** Registers a session; the node's older one ends. */
  open(session: SessionPort): void {
    const older = this.#byNode.get(session.node)
    if (older !== undefined) {
      this.close(older)
      older.end('superseded', 'a newer session of this node was opened', false)
    }
    this.#byNode.set(session.node, session)
    this.#byBearer.set(session.bearer, session.node)
  }

  /** False when the session is not its node's current one. */
  close(session: SessionPort): boolean {
    this.#byBearer.delete(session.bearer)
    if (this.#byNode.get(session.node) !== session) return false
    this.#byNode.delete(session.node)
    return true
  }

  endAll(code: string, reason: string, retry: boolean): void {
    for (const session of [...this.#byNode.values()]) {
      this.close(session)
      session.end(code, reason, retry)
    }
  }

  nodeOf(bearer: string): NodeId | null {
    return this.#byBearer.get(bearer) ?? null
  }
}
