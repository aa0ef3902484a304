// What sessions call: a node connects, speaks, leaves. Turns frames into transitions and reactions of the core.
import type { AttemptId, NodeId } from '../../shared/model/ids.ts'
import { onFinished, onFinishFailed, onFinishing, onReturned, onStarted } from '../core/attempt-events.ts'
import { onBuildFinished, onBuildStarted } from '../core/build-events.ts'
import { onJobChanges } from '../core/jobset-events.ts'
import { onConnected, onDisconnected, onGoodbye, onHeard, onInventoryLate, onNodeChanged, onSessionOpened } from '../core/node-events.ts'
import type { NodeFacts } from '../core/state.ts'
import type { FinishItem } from '../ports/finish-item.ts'
import type { HeldItem } from '../ports/held-item.ts'
import type { NodePort, SessionPort } from '../ports/nodes.ts'
import type { GiveBackItem } from '../store/transitions/give-back.ts'
import type { NodeSeen } from '../store/transitions/node-seen.ts'
import type { StartedItem } from '../store/transitions/started.ts'
import type { HeadLoop } from './head-loop.ts'

/** A finish that the store refused (disk full) is asked for again after this. */
const resendMs = 1000

export class NodeService implements NodePort {
  readonly #loop: HeadLoop
  readonly #settled: (ids: readonly string[], output: boolean) => void

  /** `settled`: these attempts or builds have their verdict; what was kept for them meanwhile can go, with `output` the live one too. */
  constructor(loop: HeadLoop, settled: (ids: readonly string[], output: boolean) => void) {
    this.#loop = loop
    this.#settled = settled
  }

  machineOf(node: NodeId): string | null {
    return this.#loop.sessions.of(node)?.machine ?? null
  }

  /** Opens a session: registers it, looks its inventory up behind everything asked for before, settles it. */
  connect(session: SessionPort, facts: NodeFacts, seen: NodeSeen, held: readonly HeldItem[], built: readonly string[]): void {
    const loop = this.#loop
    loop.sessions.open(session)
    onSessionOpened(loop.core, facts, session.number, loop.now())
    loop.run('nodeSeen', seen, () => {})
    loop.run(
      'inventory',
      { node: facts.id, held },
      (reply) => {
        const answered = reply.held.map(({ item, ...rest }) => ({ ...item, ...rest }))
        if (loop.sessions.of(facts.id) !== session) onInventoryLate(loop.core, facts.id, answered, loop.effects)
        else onConnected(loop.core, facts, session.number, answered, new Set(built), loop.now(), loop.effects)
        onJobChanges(loop.core, reply.changes, loop.effects)
      },
      () => {
        this.disconnected(session)
        session.end('unavailable', 'the head cannot record anything now', true)
      },
    )
  }

  disconnected(session: SessionPort): void {
    const loop = this.#loop
    if (!loop.sessions.close(session)) return
    onDisconnected(loop.core, session.node, session.number, loop.now(), loop.effects)
  }

  goodbye(session: SessionPort): void {
    const loop = this.#loop
    if (loop.sessions.of(session.node) === session) onGoodbye(loop.core, session.node, loop.effects)
  }

  heard(node: NodeId): void {
    onHeard(this.#loop.core, node, this.#loop.now())
  }

  changed(facts: NodeFacts, seen: NodeSeen): void {
    this.#loop.run('nodeSeen', seen, () => onNodeChanged(this.#loop.core, facts, this.#loop.effects))
  }

  started(items: readonly StartedItem[]): void {
    const loop = this.#loop
    for (const { attempt, node } of items) onStarted(loop.core, this.#own(node as NodeId, [attempt as AttemptId]))
    loop.run('started', { items }, (changes) => onJobChanges(loop.core, changes, loop.effects))
  }

  finished(node: NodeId, items: readonly FinishItem[]): void {
    const loop = this.#loop
    const ids = this.#own(
      node,
      items.map((item) => item.id as AttemptId),
    )
    onFinishing(loop.core, ids, loop.effects)
    loop.run(
      'finish',
      { items },
      ({ replies, changes }) => {
        onFinished(loop.core, node, replies, changes, loop.effects)
        this.#settled(ids, true)
      },
      () => {
        onFinishFailed(loop.core, ids)
        this.#askAgain(node, ids)
      },
    )
  }

  buildStarted(node: NodeId, build: string, at: number): void {
    const loop = this.#loop
    loop.run('startBuild', { id: build, node, at }, () => onBuildStarted(loop.core, node, build as AttemptId, loop.effects))
  }

  buildFinished(node: NodeId, item: FinishItem): void {
    const loop = this.#loop
    loop.run(
      'finishBuild',
      { items: [item] },
      (replies) => {
        for (const reply of replies) onBuildFinished(loop.core, node, reply, loop.effects)
        this.#settled([item.id], true)
      },
      () => this.#askAgain(node, [item.id as AttemptId]),
    )
  }

  /** Attempts or builds handed back, or whose stop or drop is confirmed. All of one node. */
  returned(items: readonly GiveBackItem[]): void {
    const loop = this.#loop
    const node = items[0]?.node as NodeId | undefined
    if (node === undefined) return
    loop.run(
      'giveBack',
      { items },
      (changes) => {
        const own = this.#own(
          node,
          items.map((item) => item.attempt as AttemptId),
        )
        onReturned(loop.core, node, own, loop.effects)
        onJobChanges(loop.core, changes, loop.effects)
        this.#settled(own, false)
        for (const item of items) {
          loop.effects.send(node, { kind: 'verdict', attempt: item.attempt as AttemptId, verdict: 'forget', reason: 'handed back' })
        }
      },
      // The node has let go of them and will not say so again.
      () => loop.later(resendMs, () => this.returned(items)),
    )
  }

  /** Without attempts that another node holds: the store refuses those by itself, memory must not follow them either. */
  #own(node: NodeId, ids: readonly AttemptId[]): AttemptId[] {
    return ids.filter((id) => (this.#loop.core.attempts.get(id)?.node ?? node) === node)
  }

  #askAgain(node: NodeId, ids: readonly AttemptId[]): void {
    const loop = this.#loop
    loop.later(resendMs, () => {
      for (const attempt of ids)
        loop.effects.send(node, { kind: 'verdict', attempt, verdict: 'send', reason: 'the head could not store it' })
    })
  }
}
