// One connection between a simulated agent and the head: two queues, cut at either end, with what was under way lost.

import type { NodeMessage } from '../../server/core/effects.ts'
import type { NodePort, SessionPort } from '../../server/ports/nodes.ts'
import type { NodeId } from '../../shared/model/ids.ts'
import type { Random } from './random.ts'

let lastNumber = 0

export type ToAgent = NodeMessage | { readonly kind: 'closed' }

export class Link implements SessionPort {
  readonly number = ++lastNumber
  readonly machine = 'm'
  readonly bearer: string
  readonly node: NodeId
  readonly toAgent: ToAgent[] = []
  readonly toHead: ((service: NodePort) => void)[] = []
  headOpen = true
  agentOpen = true
  readonly #service: NodePort

  constructor(node: NodeId, service: NodePort) {
    this.node = node
    this.bearer = `bearer-${this.number}`
    this.#service = service
  }

  send(message: NodeMessage): void {
    if (this.headOpen) this.toAgent.push(message)
  }

  end(): void {
    if (!this.headOpen) return
    this.headOpen = false
    this.toAgent.push({ kind: 'closed' })
    this.#service.disconnected(this)
  }

  /** The agent's end is gone; the head hears of it after what still arrives. */
  cutAtAgent(random: Random): void {
    this.agentOpen = false
    this.toAgent.length = 0
    this.toHead.splice(random.below(this.toHead.length + 1))
    this.toHead.push(() => this.endAtHead())
  }

  /** The head's end is gone. */
  cutAtHead(random: Random): void {
    this.toHead.length = 0
    this.toAgent.splice(random.below(this.toAgent.length + 1))
    this.toAgent.push({ kind: 'closed' })
    this.endAtHead()
  }

  /** The agent said goodbye, or the head noticed that it is gone. */
  endAtHead(): void {
    if (!this.headOpen) return
    this.headOpen = false
    this.#service.disconnected(this)
  }

  deliverToHead(): void {
    const frame = this.toHead.shift()
    if (frame === undefined || !this.headOpen) return
    frame(this.#service)
    if (this.headOpen) this.#service.heard(this.node)
  }
}
