// Gathers what a node is told during one loop turn into frames of at most 100 items and 256 KiB (architecture.md 1).
import { assertNever } from '../../shared/base/assert.ts'
import type { Build } from '../../shared/wire/gen/dist/Build.ts'
import type { HeadFrame } from '../../shared/wire/gen/dist/HeadFrame.ts'
import { frameBytes, frameItems } from '../../shared/wire/session.ts'
import type { NodeMessage } from '../core/effects.ts'
import { assignBytes, fromAssign } from './assign-wire.ts'
import type { Definition } from './definitions.ts'

type Frame = Required<Pick<HeadFrame, 'jobsets' | 'builds' | 'assign' | 'verdicts' | 'orders'>> & Pick<HeadFrame, 'idle' | 'drain'>

const verdictKinds = { keep: 'KEEP', stop: 'STOP', send: 'SEND', forget: 'FORGET' } as const
const orderKinds = { drop: 'DROP', stop: 'STOP' } as const

/** Rough cost of an item on the wire beside its files. */
const itemBytes = 120
const fileBytes = 90

export class Outbox {
  readonly #write: (frame: HeadFrame) => void
  readonly #definition: (jobset: number) => Definition | null
  readonly #defined = new Set<number>()
  #waiting: NodeMessage[] = []
  #armed = false

  /** `definition` gives the wire form of a jobset, sent once a session before anything that names it. */
  constructor(write: (frame: HeadFrame) => void, definition: (jobset: number) => Definition | null) {
    this.#write = write
    this.#definition = definition
  }

  push(message: NodeMessage): void {
    this.#waiting.push(message)
    if (this.#armed) return
    this.#armed = true
    setImmediate(() => this.flush())
  }

  flush(): void {
    this.#armed = false
    const waiting = this.#waiting
    this.#waiting = []
    let frame = emptyFrame()
    let items = 0
    let bytes = 0
    const close = (): void => {
      if (items > 0) this.#write(frame)
      frame = emptyFrame()
      items = 0
      bytes = 0
    }
    for (const message of waiting) {
      const size = message.kind === 'assign' ? assignBytes(message) : itemBytes
      if (items + 1 > frameItems || bytes + size > frameBytes) close()
      bytes += size + this.#define(frame, message)
      items++
      this.#add(frame, message)
    }
    close()
  }

  #add(frame: Frame, message: NodeMessage): void {
    if (message.kind !== 'assign' && message.kind !== 'build') {
      add(frame, message)
      return
    }
    const definition = this.#definition(message.jobset)
    if (definition === null) return
    if (message.kind === 'build') frame.builds.push(fromBuild(message, definition.rebuild))
    else frame.assign.push(fromAssign(message, definition.options))
  }

  /** Adds the definition that the message needs first; returns its size. */
  #define(frame: Frame, message: NodeMessage): number {
    if ((message.kind !== 'assign' && message.kind !== 'build') || this.#defined.has(message.jobset)) return 0
    const definition = this.#definition(message.jobset)
    if (definition === null) return 0
    this.#defined.add(message.jobset)
    frame.jobsets.push(definition.message)
    return itemBytes + fileBytes * definition.files
  }
}

function emptyFrame(): Frame {
  return { jobsets: [], builds: [], assign: [], verdicts: [], orders: [] }
}

function fromBuild({ build, uid, cores, slot }: Extract<NodeMessage, { kind: 'build' }>, rebuild: boolean): Build {
  return { build_id: build, jobset_uid: uid, cores, slot, rebuild }
}

function add(frame: Frame, message: Exclude<NodeMessage, { kind: 'assign' | 'build' }>): void {
  switch (message.kind) {
    case 'verdict':
      frame.verdicts.push({ attempt_id: message.attempt, kind: verdictKinds[message.verdict], reason: message.reason })
      return
    case 'order':
      frame.orders.push({ attempt_id: message.attempt, kind: orderKinds[message.order] })
      return
    case 'drain':
      frame.drain = { deadline_seconds: message.seconds ?? 0 }
      return
    case 'idle':
      frame.idle = true
      return
    default:
      assertNever(message)
  }
}
