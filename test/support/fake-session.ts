// The head's side of one Session in tests: challenge, signature check, and lists of what the agent told.
import { createPublicKey, randomBytes, verify } from 'node:crypto'
import type * as grpc from '@grpc/grpc-js'
import type { AgentFrame__Output } from '../../shared/wire/gen/dist/AgentFrame.ts'
import type { HeadFrame } from '../../shared/wire/gen/dist/HeadFrame.ts'
import type { Hello__Output } from '../../shared/wire/gen/dist/Hello.ts'
import { helloContext, protocolVersion } from '../../shared/wire/session.ts'
import type { FakeHead } from './fake-head.ts'

type Call = grpc.ServerDuplexStream<AgentFrame__Output, HeadFrame>

export class FakeSession {
  readonly frames: AgentFrame__Output[] = []
  hello: Hello__Output | null = null
  /** the signature in the hello was right */
  trusted = false
  open = false
  goodbye: string | null = null
  readonly #call: Call
  readonly #head: FakeHead
  readonly #nonce = randomBytes(32)

  constructor(call: Call, head: FakeHead) {
    this.#call = call
    this.#head = head
    call.on('data', (frame: AgentFrame__Output) => this.#heard(frame))
    call.on('end', () => {
      this.open = false
      call.end()
      head.events.emit('change')
    })
    call.on('error', () => {
      this.open = false
    })
    this.send({ challenge: { nonce: this.#nonce, protocol: protocolVersion, head_id: 'fake', version: '0' } })
  }

  send(frame: HeadFrame): void {
    this.#call.write(frame)
  }

  get started(): string[] {
    return this.frames.flatMap((frame) => frame.started.map((item) => item.attempt_id))
  }

  get returned(): { attempt_id: string; reason: string }[] {
    return this.frames.flatMap((frame) => frame.returned)
  }

  get stopped(): string[] {
    return this.frames.flatMap((frame) => frame.stopped)
  }

  #heard(frame: AgentFrame__Output): void {
    this.frames.push(frame)
    if (frame.hello !== null) this.#greet(frame.hello)
    if (frame.goodbye !== null) this.goodbye = frame.goodbye.reason
    // or a slow test would end by the agent's patience with a silent head
    if (frame.beat) this.send({ beat: true })
    for (const item of frame.finished) {
      this.#head.finished.push(item)
      if (this.#head.commits) this.send({ verdicts: [{ attempt_id: item.attempt_id, kind: 'FORGET' }] })
    }
    this.#head.events.emit('change')
  }

  #greet(hello: Hello__Output): void {
    this.hello = hello
    const key = this.#head.http.keys.get(hello.node_id)
    if (key === undefined) {
      this.send({ reject: { code: 'unknown_node', message: 'this head does not know the node', hint: 'join again', retry: false } })
      return
    }
    const spki = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
    this.trusted = verify(null, Buffer.concat([Buffer.from(helloContext), this.#nonce]), spki, hello.signature)
    this.open = true
    this.send({
      welcome: { bearer: this.#head.http.bearer, node_name: hello.node?.name ?? '', now: Date.now() },
      verdicts: this.#head.commits
        ? hello.held.map((item) => ({ attempt_id: item.attempt_id, kind: item.state === 'FINISHED' ? 'SEND' : 'KEEP' }))
        : [],
    })
  }
}
