// Carries out what the core asks for, one effect after the other. Everything slow answers later, by an event.
import { join } from 'node:path'
import { assertNever } from '../../shared/base/assert.ts'
import { errorMessage } from '../../shared/base/errors.ts'
import type { Effect } from '../core/effect.ts'
import type { Event } from '../core/event.ts'
import type { State } from '../core/state.ts'
import type { JobsetInfo } from '../core/work.ts'
import type { LiveLog } from '../head/live-log.ts'
import type { Outbox } from '../head/outbox.ts'
import { finishedMessage } from '../head/to-wire.ts'
import { keepOutput } from '../stage/build-output.ts'
import { removeTrialNote } from '../stage/trial-note.ts'
import type { Workspaces } from '../stage/workspace.ts'
import type { Delivery } from './delivery.ts'
import type { Housekeeping } from './housekeeping.ts'
import type { KeeperDesk } from './keeper-desk.ts'
import type { KeeperWatch } from './keeper-watch.ts'
import { narrate } from './narrate.ts'
import type { Staging } from './staging.ts'

export interface EffectParts {
  readonly state: State
  readonly outbox: Outbox
  readonly staging: Staging
  readonly delivery: Delivery
  readonly desk: KeeperDesk
  readonly keepers: Pick<KeeperWatch, 'need' | 'slots'>
  readonly workspaces: Workspaces
  /** of a build that may be shared on this node, else null */
  readonly keyOf: (jobset: JobsetInfo) => string | null
  readonly liveLog: LiveLog
  /** holds attempts/<id> */
  readonly attempts: string
  /** makes a folder be gone */
  readonly discard: (path: string) => void
  /** false: the disk refused; null: the agent leaves */
  readonly sync: () => Promise<boolean | null>
  readonly housekeeping: Pick<Housekeeping, 'look' | 'used'>
  /** the head is to give nothing until the disk was looked at again */
  readonly diskFull: () => void
  readonly dispatch: (event: Event) => void
  /** starts a background task that is awaited at the end */
  readonly run: (task: () => Promise<void>) => void
  readonly done: (reason: string) => void
  readonly log: { debug(message: string): void; info(message: string): void; warn(message: string): void }
}

export function runEffect(parts: EffectParts, effect: Effect): void {
  narrate(effect, parts.log)
  switch (effect.kind) {
    case 'tell_started':
      parts.outbox.started({ attempt_id: effect.id, at: effect.at })
      break
    case 'tell_finished':
      parts.outbox.finished(finishedMessage(effect.id, effect.build, effect.result, Date.now()))
      break
    case 'tell_build':
      parts.outbox.build({ build_id: effect.id, at: effect.at ?? Date.now(), reused: effect.reused })
      break
    case 'tell_returned':
      parts.outbox.returned({ attempt_id: effect.id, reason: effect.reason })
      break
    case 'tell_stopped':
      parts.outbox.stopped(effect.id)
      break
    case 'disk_full':
      parts.diskFull()
      break
    case 'stage':
      parts.keepers.need(effect.attempt.work.slot)
      parts.run(() => parts.staging.stage(effect.attempt, parts.state.jobsets.get(effect.attempt.work.uid)))
      break
    case 'unstage':
      parts.staging.unstage(effect.id)
      break
    case 'keep_build':
      parts.run(() => keepBuild(parts, effect))
      break
    case 'remove_workspace':
      parts.desk.forgetPlace(effect.place)
      parts.workspaces.remove(effect.place)
      break
    case 'run': {
      const { work } = effect.attempt
      const jobset = parts.state.jobsets.get(work.uid)
      parts.housekeeping.used(work.uid)
      try {
        if (jobset !== undefined) parts.desk.run(effect.attempt, jobset, parts.staging.staged(work.id))
      } catch (error) {
        // a program went away since it was staged
        parts.dispatch({ kind: 'unstartable', id: work.id, reason: errorMessage(error), again: false })
      }
      break
    }
    case 'drop':
      parts.desk.drop(effect.slot, effect.id)
      break
    case 'kill':
      parts.desk.kill(effect.slot, effect.id, effect.grace, effect.why)
      break
    case 'forget':
      parts.staging.done(effect.id)
      parts.delivery.done(effect.id)
      parts.liveLog.forget(effect.id)
      if (effect.folder && !removeTrialNote(join(parts.attempts, effect.id))) parts.discard(join(parts.attempts, effect.id))
      if (effect.slot !== null) parts.desk.forget(effect.slot, effect.id)
      else for (const slot of parts.keepers.slots()) parts.desk.forget(slot, effect.id)
      break
    case 'sync':
      parts.run(async () => {
        const ok = await parts.sync()
        if (ok !== null) parts.dispatch({ kind: 'synced', ok })
      })
      break
    case 'collect':
      parts.run(() => parts.delivery.collect(effect.id, effect.exit))
      break
    case 'ship':
      parts.run(() => parts.delivery.ship(effect.id, effect.exit))
      break
    case 'follow':
      parts.liveLog.follow(effect.id, join(parts.attempts, effect.id, 'stdout.txt'))
      break
    case 'unfollow':
      parts.liveLog.unfollow(effect.id)
      break
    case 'done':
      parts.done(effect.reason)
      break
    default:
      assertNever(effect)
  }
}

/** The build's files are on disk before the record says so: after a power cut it is either whole or made again. */
async function keepBuild(parts: EffectParts, effect: Extract<Effect, { kind: 'keep_build' }>): Promise<void> {
  try {
    const synced = await parts.sync()
    // the next agent finds it finished and not kept
    if (synced === null) return
    if (!synced) throw new Error('the work folder could not be synced')
    const jobset = parts.state.jobsets.get(effect.uid)
    const phase = parts.state.attempts.get(effect.id)?.phase
    const key = jobset === undefined || phase?.kind !== 'keeping' ? null : parts.keyOf(jobset)
    if (key !== null && phase?.kind === 'keeping')
      keepOutput(parts.workspaces.outputPath(effect.place), phase.result, join(parts.attempts, effect.id))
    parts.workspaces.keep(effect.place, effect.id, key)
    parts.dispatch({ kind: 'kept', id: effect.id })
    parts.housekeeping.look()
  } catch (error) {
    parts.dispatch({ kind: 'keep_failed', id: effect.id, reason: `the build could not be kept: ${errorMessage(error)}` })
  }
}
