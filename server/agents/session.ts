// One agent's session: challenge, signed hello, then frames both ways until either side is silent for 15 s.
//
//   challenged -> open -> ended
//
// challenged: nothing but a hello is listened to; open: registered with the loop; ended: the call is over.
import { randomBytes, verify } from 'node:crypto'
import type { ServerDuplexStream } from '@grpc/grpc-js'
import { errorMessage } from '../../shared/base/errors.ts'
import type { NodeId } from '../../shared/model/ids.ts'
import type { AgentFrame__Output } from '../../shared/wire/gen/dist/AgentFrame.ts'
import type { Finished__Output } from '../../shared/wire/gen/dist/Finished.ts'
import type { HeadFrame } from '../../shared/wire/gen/dist/HeadFrame.ts'
import type { Hello__Output } from '../../shared/wire/gen/dist/Hello.ts'
import type { NodeInfo__Output } from '../../shared/wire/gen/dist/NodeInfo.ts'
import { heartbeatSeconds, helloContext, protocolVersion, silenceSeconds } from '../../shared/wire/session.ts'
import type { NodeMessage } from '../core/effects.ts'
import type { FinishItem } from '../ports/finish-item.ts'
import type { NodePort, SessionPort } from '../ports/nodes.ts'
import { toFinishItem, toHeld, toNodeFacts } from './convert.ts'
import type { NodeKeys } from './node-keys.ts'
import { Outbox } from './outbox.ts'

export type Call = ServerDuplexStream<AgentFrame__Output, HeadFrame>

export interface SessionDependencies {
  readonly head: { readonly id: string; readonly version: string }
  readonly keys: NodeKeys
  readonly service: NodePort
  readonly definition: ConstructorParameters<typeof Outbox>[1]
  /** Checks a shipped result and returns it with its manifest; rejects when bytes are missing. */
  readonly shipped: (item: FinishItem) => Promise<FinishItem>
  readonly log: { info(message: string): void; warn(message: string): void }
}

let lastNumber = 0

export class Session implements SessionPort {
  readonly number = ++lastNumber
  readonly bearer = `node_${randomBytes(24).toString('base64url')}`
  readonly #call: Call
  readonly #deps: SessionDependencies
  readonly #nonce = randomBytes(32)
  readonly #outbox: Outbox
  readonly #beat: NodeJS.Timeout
  #state: 'challenged' | 'open' | 'ended' = 'challenged'
  #node: { id: NodeId; name: string; machine: string; version: string } | null = null
  readonly #opened = performance.now()
  #lastFrame = this.#opened

  constructor(call: Call, deps: SessionDependencies) {
    this.#call = call
    this.#deps = deps
    this.#outbox = new Outbox((frame) => this.#write(frame), deps.definition)
    this.#beat = setInterval(() => this.#onBeat(), heartbeatSeconds * 1000)
    call.on('data', (frame: AgentFrame__Output) => this.#onFrame(frame))
    call.on('end', () => this.#finish('the agent closed the connection'))
    call.on('error', () => this.#finish('the connection broke'))
    call.on('cancelled', () => this.#finish('the connection broke'))
    this.#write({ challenge: { nonce: this.#nonce, protocol: protocolVersion, head_id: deps.head.id, version: deps.head.version } })
  }

  get node(): NodeId {
    return this.#node?.id ?? ('' as NodeId)
  }

  get machine(): string {
    return this.#node?.machine ?? ''
  }

  send(message: NodeMessage): void {
    if (this.#state === 'open') this.#outbox.push(message)
  }

  end(code: string, reason: string, retry: boolean): void {
    if (this.#state === 'ended') return
    this.#outbox.flush()
    this.#write({ reject: { code, message: reason, hint: '', retry } })
    this.#finish(reason)
  }

  #onFrame(frame: AgentFrame__Output): void {
    if (this.#state === 'ended') return
    this.#lastFrame = performance.now()
    try {
      if (this.#state === 'challenged') {
        if (frame.hello !== null) this.#onHello(frame.hello)
        return
      }
      this.#onOpenFrame(frame)
    } catch (error) {
      this.#deps.log.warn(`session of ${this.#node?.name ?? 'an unknown node'}: ${errorMessage(error)}`)
      this.end('bad_request', errorMessage(error), true)
    }
  }

  #onHello(hello: Hello__Output): void {
    const row = this.#deps.keys.find(hello.node_id)
    const signed = Buffer.concat([Buffer.from(helloContext), this.#nonce])
    if (row === null || !verify(null, signed, row.key, hello.signature)) {
      this.end('unauthenticated', row === null ? 'this head does not know the node' : 'the signature of the node is wrong', false)
      return
    }
    if (hello.protocol !== protocolVersion) {
      this.end(
        'version',
        `the head speaks protocol ${protocolVersion}, the agent ${hello.protocol}: install the same version of dist on both`,
        false,
      )
      return
    }
    const id = hello.node_id as NodeId
    const machine = this.#deps.service.machineOf(id)
    if (machine !== null && machine !== hello.machine_id) {
      this.end(
        'locked',
        `node '${row.name}' is connected from another machine: its work folder must not be copied; join this machine anew`,
        true,
      )
      return
    }
    this.#node = { id, name: row.name, machine: hello.machine_id, version: hello.version }
    this.#state = 'open'
    const info = hello.node ?? emptyInfo
    this.#write({ welcome: { bearer: this.bearer, node_name: row.name, now: Date.now() } })
    this.#deps.service.connect(this, toNodeFacts(id, row.name, info), this.#seen(info), hello.held.map(toHeld), hello.built)
    this.#deps.log.info(`node ${row.name} connected (${hello.version}, ${info.cores} cores, holds ${hello.held.length})`)
  }

  #onOpenFrame(frame: AgentFrame__Output): void {
    const node = this.#node
    if (node === null) return
    const { service } = this.#deps
    service.heard(node.id)
    if (frame.node !== null) service.changed(toNodeFacts(node.id, node.name, frame.node), this.#seen(frame.node))
    for (const build of frame.builds) service.buildStarted(node.id, build.build_id, build.at)
    if (frame.started.length > 0) {
      service.started(frame.started.map(({ attempt_id, at }) => ({ attempt: attempt_id, node: node.id, at })))
    }
    if (frame.finished.length > 0) this.#onFinished(node.id, frame.finished)
    const back = frame.returned.map(({ attempt_id, reason }) => ({ attempt: attempt_id, node: node.id, reason: reason.slice(0, 500) }))
    for (const id of frame.stopped) back.push({ attempt: id, node: node.id, reason: 'stopped' })
    if (back.length > 0) service.returned(back)
    if (frame.goodbye === null) return
    service.goodbye(this)
    this.#finish(`goodbye: ${frame.goodbye.reason}`)
  }

  #onFinished(node: NodeId, list: readonly Finished__Output[]): void {
    const { service } = this.#deps
    const small: FinishItem[] = []
    for (const finished of list) {
      const item = toFinishItem(node, finished)
      if (finished.shipped) void this.#onShipped(node, item, finished.build)
      else if (finished.build) service.buildFinished(node, item)
      else small.push(item)
    }
    if (small.length > 0) service.finished(node, small)
  }

  async #onShipped(node: NodeId, item: FinishItem, build: boolean): Promise<void> {
    try {
      const whole = await this.#deps.shipped(item)
      if (build) this.#deps.service.buildFinished(node, whole)
      else this.#deps.service.finished(node, [whole])
    } catch (error) {
      this.#deps.log.warn(`result of attempt ${item.id}: ${errorMessage(error)}`)
      this.send({ kind: 'verdict', attempt: item.id as never, verdict: 'send', reason: errorMessage(error) })
    }
  }

  #seen(info: NodeInfo__Output): Parameters<NodePort['changed']>[1] {
    const node = this.#node
    return {
      node: this.node,
      machine: node?.machine ?? '',
      capabilities: info.capabilities,
      cores: info.cores,
      memory: info.memory,
      slots: info.slots,
      gpus: info.gpus,
      disk: info.disk,
      ownBuilds: info.own_builds,
      pinning: info.pinning.slice(0, 200),
      version: node?.version ?? '',
    }
  }

  #onBeat(): void {
    const limit = silenceSeconds * 1000
    // Frames that are no hello keep nobody alive.
    const since = this.#state === 'challenged' ? this.#opened : this.#lastFrame
    if (performance.now() - since > limit) this.end('unavailable', `no frame for ${silenceSeconds} s`, true)
    else this.#write({ beat: true })
  }

  #write(frame: HeadFrame): void {
    if (this.#state !== 'ended' && !this.#call.destroyed) this.#call.write(frame)
  }

  #finish(reason: string): void {
    if (this.#state === 'ended') return
    const wasOpen = this.#state === 'open'
    this.#state = 'ended'
    clearInterval(this.#beat)
    this.#call.end()
    if (!wasOpen) return
    this.#deps.log.info(`node ${this.#node?.name ?? ''} disconnected: ${reason}`)
    this.#deps.service.disconnected(this)
  }
}

const emptyInfo: NodeInfo__Output = {
  name: '',
  capabilities: [],
  cores: 1,
  memory: 0,
  slots: 1,
  disk_low: false,
  once: false,
  draining: false,
  gpus: 0,
  disk: 0,
  own_builds: false,
  pinning: '',
}
