// One agent's life: keepers, then sessions with the head until it leaves or is refused. Made by app.ts, wired in wire-loop.ts.
import { randomBytes } from 'node:crypto'
import { DistError } from '../shared/base/errors.ts'
import { formatDuration } from '../shared/text/duration.ts'
import type { HeadFrame__Output } from '../shared/wire/gen/dist/HeadFrame.ts'
import type { Hello } from '../shared/wire/gen/dist/Hello.ts'
import { helloContext, protocolVersion } from '../shared/wire/session.ts'
import type { AgentParts } from './agent-parts.ts'
import { grpcAddress, type Membership } from './config/identity.ts'
import { watchSettingsFile } from './config/settings-file.ts'
import { builtPlaces, heldItems } from './core/held.ts'
import { stayConnected } from './head/connection.ts'
import { headWork } from './head/from-wire.ts'
import { heldMessage } from './head/to-wire.ts'
import { machineId } from './probe/system.ts'
import { type WiredLoop, wireLoop } from './wire-loop.ts'

/** Seconds that jobs have between SIGTERM and SIGKILL when the launcher is ended. */
const lastGrace = 10

export class Agent {
  readonly #parts: AgentParts
  readonly #wired: WiredLoop
  readonly #session = new AbortController()
  /** ends the present session, not the agent */
  #renewal = new AbortController()
  readonly #boot = randomBytes(16).toString('hex')
  #membership: Membership

  constructor(parts: AgentParts) {
    this.#parts = parts
    this.#membership = parts.membership
    this.#wired = wireLoop(parts, () => this.#renewal.abort())
  }

  /** A signal: drains first, stops the jobs when it comes again. `run` resolves when all is told. */
  asked(signal: string): void {
    const { drainTimeout } = this.#parts.options
    if (this.#wired.state.stopping === null && this.#wired.state.draining === null && drainTimeout > 0) {
      this.#drain(drainTimeout, signal)
      return
    }
    const how = this.#wired.state.stopping === null ? 'stopping the jobs here' : 'ending the jobs here at once'
    this.#parts.log.info(`${signal}: ${how} and handing them back`)
    this.#wired.advertisement.leave()
    this.#wired.loop.dispatch({ kind: 'stop' })
  }

  #drain(ms: number | null, who: string): void {
    const limit = ms === null ? '' : ` for up to ${formatDuration(ms)}`
    this.#parts.log.info(`${who}: finishing what runs here${limit}, then leaving (a signal: stop now)`)
    this.#wired.advertisement.leave()
    this.#wired.loop.dispatch({ kind: 'drain', ms })
  }

  /** Resolves to the exit code; rejects with the error of a head that refuses this node. */
  async run(): Promise<number> {
    const { group, log, folder } = this.#parts
    await Promise.all([this.#wired.watch.start(group.signal), this.#wired.advertisement.probe(group.signal)])
    this.#wired.sweep()
    if (this.#wired.advertisement.unbound !== '') log.info(`jobs are not bound to CPUs: ${this.#wired.advertisement.unbound}`)
    this.#wired.loop.start()
    this.#wired.advertisement.watchDisk()
    this.#wired.housekeeping.start()
    const settings = watchSettingsFile(
      folder.root,
      (file) => {
        log.info('agent.yaml changed')
        this.#wired.advertisement.takeFile(file)
      },
      (problem) => log.warn(problem),
    )
    group.onClose(() => settings.close())
    const connected = this.#connect()
    const end = await Promise.race([this.#wired.done, connected])
    if (end === null || typeof end !== 'string') {
      // refused for good: what runs is left to the launcher, somebody may know better
      this.#wired.watch.close()
      throw end ?? new DistError('bug', 'the sessions ended by themselves')
    }
    log.info(`leaving: ${end}`)
    this.#wired.desk.flush()
    this.#wired.outbox.now({ goodbye: { reason: end } })
    this.#session.abort()
    await connected
    await this.#wired.watch.stop(lastGrace)
    return 0
  }

  /** Sessions until we leave; a head that does not know us is joined again once, when there is a code. */
  async #connect(): Promise<DistError | null> {
    const { log, rejoin } = this.#parts
    for (let tried = false; ; tried = true) {
      const refused = await stayConnected(
        {
          address: () => grpcAddress(this.#membership),
          hello: (nonce) => this.#hello(nonce),
          opened: () => this.#wired.loop.dispatch({ kind: 'opened' }),
          closed: () => this.#wired.loop.dispatch({ kind: 'closed' }),
          frame: (frame) => this.#frame(frame),
          renewal: () => {
            this.#renewal = new AbortController()
            return this.#renewal.signal
          },
          bearer: this.#wired.bearer,
          outbox: this.#wired.outbox,
          log,
        },
        this.#session.signal,
      )
      if (refused === null || tried || rejoin === null) return refused
      log.warn(`the head refuses this node (${refused.message}); joining with the code`)
      this.#membership = await rejoin()
    }
  }

  #frame(frame: HeadFrame__Output): void {
    if (frame.drain !== null) this.#drain(frame.drain.deadline_seconds > 0 ? frame.drain.deadline_seconds * 1000 : null, 'the head asks')
    const work = headWork(frame)
    if (work !== null) this.#wired.loop.dispatch({ kind: 'head', work })
  }

  #hello(nonce: Buffer): Hello {
    const { key, version } = this.#parts
    return {
      protocol: protocolVersion,
      version,
      node_id: this.#membership.node,
      signature: key.sign(Buffer.concat([Buffer.from(helloContext), nonce])),
      machine_id: machineId(),
      node: this.#wired.advertisement.info(),
      held: heldItems(this.#wired.state).map(heldMessage),
      built: builtPlaces(this.#wired.state),
      boot: this.#boot,
    }
  }
}
