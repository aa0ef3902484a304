// Wires one agent: the core's loop between the launcher below and the head above. The only place where the adapters meet.
// Called by agent.ts, which drives what comes out of it.
import { HttpClient } from '../shared/net/http.ts'
import { Advertisement } from './advertise.ts'
import type { AgentParts } from './agent-parts.ts'
import { usableCpus } from './config/pinning.ts'
import { uidOf } from './core/place.ts'
import { newState, type State } from './core/state.ts'
import type { JobsetInfo } from './core/work.ts'
import { Bearer } from './head/bearer.ts'
import { BlobFetcher } from './head/inputs.ts'
import { LiveLog } from './head/live-log.ts'
import { Outbox } from './head/outbox.ts'
import { AgentLoop } from './loop/agent-loop.ts'
import { CpuBinding } from './loop/cpu-binding.ts'
import { Delivery } from './loop/delivery.ts'
import { Housekeeping } from './loop/housekeeping.ts'
import { KeeperDesk } from './loop/keeper-desk.ts'
import { KeeperWatch } from './loop/keeper-watch.ts'
import { Listening } from './loop/listening.ts'
import { type EffectParts, runEffect } from './loop/run-effects.ts'
import { Staging } from './loop/staging.ts'
import { sweep } from './loop/sweep.ts'
import { affinityOf, physicalCores } from './probe/cpus.ts'
import { bootTime } from './probe/system.ts'
import { buildKey } from './stage/build-key.ts'
import { BlobCache } from './stage/cache.ts'
import { inheritedEnvironment } from './stage/environment.ts'
import { NeedsBatchtools } from './stage/needs-batchtools.ts'
import { Places } from './stage/places.ts'
import { Trash } from './stage/trash.ts'
import { Workspaces } from './stage/workspace.ts'

export interface WiredLoop {
  readonly state: State
  readonly loop: AgentLoop
  readonly outbox: Outbox
  readonly bearer: Bearer
  readonly advertisement: Advertisement
  readonly watch: KeeperWatch
  readonly desk: KeeperDesk
  readonly housekeeping: Housekeeping
  /** to be called once, when the keepers told what they hold */
  readonly sweep: () => void
  /** the core said `done`, with its reason */
  readonly done: Promise<string>
}

/** `renew` begins another session with the head. */
export function wireLoop(parts: AgentParts, renew: () => void): WiredLoop {
  const { folder, group, log, options, found } = parts
  const run = (task: (signal: AbortSignal) => Promise<void>) => group.run(task)
  const trash = new Trash(folder.trash, run)
  const discard = trash.discard.bind(trash)
  const places = new Places(folder.root, found.views)
  const workspaces = new Workspaces(folder.root, places, discard)
  const outbox = new Outbox()
  const bearer = new Bearer()
  const inherited = inheritedEnvironment(parts.env)
  const advertisement: Advertisement = new Advertisement({
    options,
    file: parts.file,
    work: folder.root,
    python: parts.python?.version ?? null,
    gpus: found.gpus,
    pinning: found.pinning,
    ownBuilds: places.ownBuilds,
    env: inherited,
    busy: () => state.attempts.size > 0,
    changed: () => {
      const { slots } = advertisement.settings
      if (slots !== state.slots) dispatch({ kind: 'slots', slots })
      outbox.now({ node: advertisement.info() })
    },
    run,
    warn: (message) => log.warn(message),
  })
  const built = workspaces.records().flatMap((record) => (record.state === 'built' ? [[record.place, record.build] as const] : []))
  const { slots } = advertisement.settings
  const state = newState({ once: options.once, slots, ownBuilds: places.ownBuilds, built: new Map(built) })
  const loop = new AgentLoop(state, (effect) => runEffect(effects, effect))
  const dispatch = loop.dispatch.bind(loop)
  const http = new HttpClient({ base: parts.membership.head, token: () => bearer.token, userAgent: `dist-agent/${parts.version}` })
  const cache = new BlobCache(folder.cache, bootTime())
  const fetcher = new BlobFetcher(http, bearer, cache, group.signal)
  const liveLog = new LiveLog(http, bearer)
  const chosen = Array.isArray(options.pin)
  const binding = new CpuBinding(state, physicalCores(usableCpus(found.pinning)), chosen, () => advertisement.unbound === '')
  const desk = new KeeperDesk(
    {
      inherited,
      nodeName: () => advertisement.settings.name,
      gpus: () => advertisement.settings.gpus,
      sshKey: () => advertisement.sshKey,
      where: (work, jobset) => places.where(work, jobset),
      blob: (hash) => cache.path(hash),
      attempts: folder.attempts,
      answers: (place) => workspaces.answersPath(place),
      python: parts.python?.path ?? null,
      cpus: (work) => binding.take(work.slot, work.cores),
    },
    (slot, orders) => watch.send(slot, orders),
  )
  const watch: KeeperWatch = new KeeperWatch({
    work: folder.root,
    python: parts.python?.path ?? null,
    workspaces,
    dispatch,
    newKeeper: (slot) => desk.newKeeper(slot),
    listening: (ids) => listening.found(ids),
    found: (slot, pid) => binding.found(slot, affinityOf(pid)),
    log,
  })
  const listening = new Listening({ linked: () => watch.linked(group.signal), link: () => watch.link })
  let finish: (reason: string) => void = () => undefined
  const done = new Promise<string>((resolve) => {
    finish = resolve
  })
  const keyFacts = { inherited, python: parts.python?.version ?? null }
  // without views a build stays in its own folder, where its jobs write
  const keyOf = (jobset: JobsetInfo): string | null => (places.ownBuilds ? null : buildKey(jobset, keyFacts))
  const staging = new Staging({
    cache,
    fetcher,
    workspaces,
    work: folder.root,
    attempts: folder.attempts,
    needs: new NeedsBatchtools((hash) => cache.path(hash)),
    listening,
    answerHost: () => advertisement.answerHost,
    where: (work, jobset) => places.where(work, jobset),
    check: (work, jobset) => desk.argv(work, jobset),
    keyOf,
    discard,
    dispatch,
  })
  const housekeeping = new Housekeeping({
    state,
    cache,
    workspaces,
    cap: () => advertisement.settings.cacheSize,
    dispatch,
    forgotten: () => staging.blobsWent(),
    renew,
    run,
    signal: group.signal,
    log,
  })
  const effects: EffectParts = {
    state,
    outbox,
    staging,
    delivery: new Delivery({ http, bearer, attempts: folder.attempts, listening, signal: group.signal, dispatch }),
    desk,
    keepers: watch,
    workspaces,
    keyOf,
    liveLog,
    attempts: folder.attempts,
    discard,
    sync: () => watch.sync(),
    housekeeping,
    diskFull: () => advertisement.diskFull(),
    dispatch,
    run,
    done: finish,
    log,
  }
  for (const thing of [http, liveLog, advertisement, housekeeping]) group.onClose(() => thing.close())
  group.onClose(() => loop.stop())
  return {
    state,
    loop,
    outbox,
    bearer,
    advertisement,
    watch,
    desk,
    housekeeping,
    done,
    sweep: () => {
      listening.sweep(state.attempts)
      sweep(state, folder.attempts, workspaces, trash, bootTime())
      // what was made to be used in another way; a build that is in use goes on
      const other = workspaces.records().filter((record) => record.use !== 'place' && record.use !== places.mode)
      dispatch({ kind: 'evict', uids: other.map((record) => uidOf(record.place)) })
    },
  }
}
