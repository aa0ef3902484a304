// One agent, wired: the core's loop between the launcher below and the head above. The only place where the adapters
// meet. Made by app.ts.
import { randomBytes } from 'node:crypto'
import { DistError } from '../shared/base/errors.ts'
import type { ShutdownGroup } from '../shared/base/shutdown.ts'
import type { AgentSettings } from '../shared/config/agent-settings.ts'
import { HttpClient } from '../shared/net/http.ts'
import { formatDuration } from '../shared/text/duration.ts'
import type { HeadFrame__Output } from '../shared/wire/gen/dist/HeadFrame.ts'
import type { Hello } from '../shared/wire/gen/dist/Hello.ts'
import { helloContext, protocolVersion } from '../shared/wire/session.ts'
import { Advertisement } from './advertise.ts'
import type { AgentOptions } from './config/flags.ts'
import { grpcAddress, type Membership, type NodeKey } from './config/identity.ts'
import { watchSettingsFile } from './config/settings-file.ts'
import type { Log } from './control/log.ts'
import type { WorkFolder } from './control/work-folder.ts'
import { builtUids, heldItems } from './core/held.ts'
import { newState, type State } from './core/state.ts'
import { Bearer } from './head/bearer.ts'
import { stayConnected } from './head/connection.ts'
import { headWork } from './head/from-wire.ts'
import { BlobFetcher } from './head/inputs.ts'
import { LiveLog } from './head/live-log.ts'
import { Outbox } from './head/outbox.ts'
import { heldMessage } from './head/to-wire.ts'
import { AgentLoop } from './loop/agent-loop.ts'
import { Delivery } from './loop/delivery.ts'
import { Housekeeping } from './loop/housekeeping.ts'
import { KeeperDesk } from './loop/keeper-desk.ts'
import { KeeperWatch } from './loop/keeper-watch.ts'
import { type EffectParts, runEffect } from './loop/run-effects.ts'
import { Staging } from './loop/staging.ts'
import { sweep } from './loop/sweep.ts'
import type { Python } from './probe/python.ts'
import { bootTime, machineId } from './probe/system.ts'
import { BlobCache } from './stage/cache.ts'
import { inheritedEnvironment } from './stage/environment.ts'
import { Trash } from './stage/trash.ts'
import { Workspaces } from './stage/workspace.ts'

export interface AgentParts {
  readonly options: AgentOptions
  readonly env: NodeJS.ProcessEnv
  readonly log: Log
  readonly folder: WorkFolder
  readonly group: ShutdownGroup
  readonly key: NodeKey
  readonly version: string
  /** null: plain keepers */
  readonly python: Python | null
  /** agent.yaml as it was at the start */
  readonly file: AgentSettings
  readonly membership: Membership
  /** joins anew when the head does not know us any more; null without a code */
  readonly rejoin: (() => Promise<Membership>) | null
}

/** Seconds that jobs have between SIGTERM and SIGKILL when the launcher is ended. */
const lastGrace = 10

export class Agent {
  readonly #parts: AgentParts
  readonly #state: State
  readonly #loop: AgentLoop
  readonly #outbox = new Outbox()
  readonly #bearer = new Bearer()
  readonly #advertisement: Advertisement
  readonly #watch: KeeperWatch
  readonly #desk: KeeperDesk
  readonly #session = new AbortController()
  /** ends the present session, not the agent */
  #renewal = new AbortController()
  readonly #housekeeping: Housekeeping
  readonly #boot = randomBytes(16).toString('hex')
  readonly #done: Promise<string>
  readonly #sweep: () => void
  #membership: Membership

  constructor(parts: AgentParts) {
    const { folder, group, log, options, env } = parts
    this.#parts = parts
    this.#membership = parts.membership
    const trash = new Trash(folder.trash, (task) => group.run(task))
    const discard = trash.discard.bind(trash)
    const workspaces = new Workspaces(folder.workspaces, discard)
    const built = workspaces.records().flatMap(({ uid, build, state }) => (state === 'built' ? [[uid, build] as const] : []))
    const state = newState({ once: options.once, built: new Map(built) })
    this.#state = state
    const loop = new AgentLoop(state, (effect) => runEffect(effects, effect))
    this.#loop = loop
    const dispatch = loop.dispatch.bind(loop)
    this.#advertisement = new Advertisement({
      options,
      file: parts.file,
      work: folder.root,
      python: parts.python?.version ?? null,
      changed: () => this.#outbox.now({ node: this.#advertisement.info() }),
    })
    const http = new HttpClient({
      base: parts.membership.head,
      token: () => this.#bearer.token,
      userAgent: `dist-agent/${parts.version}`,
    })
    const cache = new BlobCache(folder.cache, bootTime())
    const fetcher = new BlobFetcher(http, this.#bearer, cache, group.signal)
    const liveLog = new LiveLog(http, this.#bearer)
    this.#desk = new KeeperDesk(
      {
        inherited: inheritedEnvironment(env),
        nodeName: () => this.#advertisement.settings.name,
        sshKey: () => this.#advertisement.sshKey,
        workspace: (uid) => workspaces.path(uid),
        blob: (hash) => cache.path(hash),
      },
      (orders) => this.#watch.send(orders),
    )
    this.#watch = new KeeperWatch({
      work: folder.root,
      python: parts.python?.path ?? null,
      workspaces,
      dispatch,
      newKeeper: () => this.#desk.newKeeper(),
      log,
    })
    let finish: (reason: string) => void = () => undefined
    this.#done = new Promise((resolve) => {
      finish = resolve
    })
    const staging = new Staging({
      cache,
      fetcher,
      workspaces,
      attempts: folder.attempts,
      check: (work, jobset) => this.#desk.argv(work, jobset),
      discard,
      dispatch,
    })
    this.#housekeeping = new Housekeeping({
      state,
      cache,
      workspaces,
      cap: () => this.#advertisement.settings.cacheSize,
      dispatch,
      forgotten: () => staging.blobsWent(),
      renew: () => this.#renewal.abort(),
      run: (task) => group.run(task),
      signal: group.signal,
      log,
    })
    const effects: EffectParts = {
      state,
      outbox: this.#outbox,
      staging,
      delivery: new Delivery({ http, bearer: this.#bearer, attempts: folder.attempts, signal: group.signal, dispatch }),
      desk: this.#desk,
      workspaces,
      liveLog,
      attempts: folder.attempts,
      discard,
      sync: () => this.#watch.sync(),
      housekeeping: this.#housekeeping,
      dispatch,
      run: (task) => group.run(task),
      done: finish,
      log,
    }
    this.#sweep = () => sweep(state, folder.attempts, workspaces, trash)
    group.onClose(() => http.close())
    group.onClose(() => liveLog.close())
    group.onClose(() => loop.stop())
    group.onClose(() => this.#advertisement.close())
    group.onClose(() => this.#housekeeping.close())
  }

  /** A signal: drains first, stops the jobs when it comes again. `run` resolves when all is told. */
  asked(signal: string): void {
    const { drainTimeout } = this.#parts.options
    if (this.#state.stopping === null && this.#state.draining === null && drainTimeout > 0) {
      this.#drain(drainTimeout, signal)
      return
    }
    const how = this.#state.stopping === null ? 'stopping the jobs here' : 'ending the jobs here at once'
    this.#parts.log.info(`${signal}: ${how} and handing them back`)
    this.#advertisement.leave()
    this.#loop.dispatch({ kind: 'stop' })
  }

  #drain(ms: number | null, who: string): void {
    const limit = ms === null ? '' : ` for up to ${formatDuration(ms)}`
    this.#parts.log.info(`${who}: finishing what runs here${limit}, then leaving (a signal: stop now)`)
    this.#advertisement.leave()
    this.#loop.dispatch({ kind: 'drain', ms })
  }

  /** Resolves to the exit code; rejects with the error of a head that refuses this node. */
  async run(): Promise<number> {
    const { group, log, folder } = this.#parts
    await this.#watch.start(group.signal)
    this.#sweep()
    this.#loop.start()
    this.#advertisement.watchDisk()
    this.#housekeeping.start()
    const settings = watchSettingsFile(
      folder.root,
      (file) => {
        log.info('agent.yaml changed')
        this.#advertisement.takeFile(file)
      },
      (problem) => log.warn(problem),
    )
    group.onClose(() => settings.close())
    const connected = this.#connect()
    const end = await Promise.race([this.#done, connected])
    if (end === null || typeof end !== 'string') {
      // refused for good: what runs is left to the launcher, somebody may know better
      this.#watch.close()
      throw end ?? new DistError('bug', 'the sessions ended by themselves')
    }
    log.info(`leaving: ${end}`)
    this.#desk.flush()
    this.#outbox.now({ goodbye: { reason: end } })
    this.#session.abort()
    await connected
    await this.#watch.stop(lastGrace)
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
          opened: () => this.#loop.dispatch({ kind: 'opened' }),
          closed: () => this.#loop.dispatch({ kind: 'closed' }),
          frame: (frame) => this.#frame(frame),
          renewal: () => {
            this.#renewal = new AbortController()
            return this.#renewal.signal
          },
          bearer: this.#bearer,
          outbox: this.#outbox,
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
    if (work !== null) this.#loop.dispatch({ kind: 'head', work })
  }

  #hello(nonce: Buffer): Hello {
    const { key, version } = this.#parts
    return {
      protocol: protocolVersion,
      version,
      node_id: this.#membership.node,
      signature: key.sign(Buffer.concat([Buffer.from(helloContext), nonce])),
      machine_id: machineId(),
      node: this.#advertisement.info(),
      held: heldItems(this.#state).map(heldMessage),
      built: builtUids(this.#state),
      boot: this.#boot,
    }
  }
}
