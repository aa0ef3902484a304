// Generated wire types to model and back. Nothing of proto/ goes further than this file; what a peer sends is checked here.
import { DistError } from '../../shared/base/errors.ts'
import { pathProblem } from '../../shared/files/safe-path.ts'
import { isDeclaration } from '../../shared/model/capability.ts'
import { isAttemptId, type NodeId } from '../../shared/model/ids.ts'
import { type InputFile, type JobsetSpec, type Source, sharesBuild } from '../../shared/model/jobset.ts'
import type { Outcome, Usage } from '../../shared/model/outcome.ts'
import { trialRules } from '../../shared/trial/trial-rules.ts'
import type { Finished__Output } from '../../shared/wire/gen/dist/Finished.ts'
import type { Held__Output } from '../../shared/wire/gen/dist/Held.ts'
import type { InputFile as WireInputFile } from '../../shared/wire/gen/dist/InputFile.ts'
import type { Jobset as WireJobset } from '../../shared/wire/gen/dist/Jobset.ts'
import type { NodeInfo__Output } from '../../shared/wire/gen/dist/NodeInfo.ts'
import type { NodeFacts } from '../core/state.ts'
import type { FinishItem, ResultFile } from '../ports/finish-item.ts'
import type { HeldItem } from '../ports/held-item.ts'
import { toTrialResult } from './trial-wire.ts'

const maxCapabilities = 500

/** What a node says of itself; `name` is the head's, given at enrolment. */
export function toNodeFacts(id: NodeId, name: string, info: NodeInfo__Output): NodeFacts {
  return {
    id,
    name,
    capabilities: info.capabilities.filter(isDeclaration).slice(0, maxCapabilities),
    cores: Math.max(1, info.cores),
    memory: amount(info.memory),
    slots: Math.max(1, Math.min(info.slots, 1024)),
    gpus: Math.min(info.gpus, 1024),
    disk: amount(info.disk),
    ownBuilds: info.own_builds,
    diskLow: info.disk_low,
    once: info.once,
    draining: info.draining,
  }
}

const heldStates = { AHEAD: 'ahead', RUNNING: 'running', FINISHED: 'finished' } as const

export function toHeld(held: Held__Output): HeldItem {
  if (!isAttemptId(held.attempt_id)) throw new DistError('bad_request', 'an inventory names something that is no attempt id')
  return { attempt: held.attempt_id, state: heldStates[held.state], build: held.build }
}

/** A finished attempt or build. The job's own `stdout.txt` keeps its name; ours is then `stdout.dist.txt` (node.md 5). */
export function toFinishItem(node: NodeId, finished: Finished__Output): FinishItem {
  if (!isAttemptId(finished.attempt_id)) throw new DistError('bad_request', 'a finished item has no attempt id')
  const notices = finished.notices.slice(0, 100).map((text) => text.slice(0, 500))
  const base = {
    id: finished.attempt_id,
    node,
    started: finished.started,
    startedAt: finished.started_at > 0 ? finished.started_at : null,
    outcome: toOutcome(finished),
    usage: finished.started ? toUsage(finished) : null,
    trial: toTrialResult(finished.trial_json),
  }
  if (finished.shipped) return { ...base, notices, result: { kind: 'incoming', manifest: [] } }
  const files: ResultFile[] = finished.files.map((file) => ({ path: checked(file.path), mode: file.mode & 0o777, data: file.data }))
  const taken = files.some((file) => file.path === 'stdout.txt')
  if (taken) notices.push("the job saved a 'stdout.txt' of its own: the captured output is stdout.dist.txt")
  files.unshift({ path: taken ? 'stdout.dist.txt' : 'stdout.txt', mode: 0o644, data: finished.stdout })
  return { ...base, notices, result: { kind: 'inline', files, folders: finished.folders.map(checked) } }
}

function toOutcome(finished: Finished__Output): Outcome {
  switch (finished.outcome) {
    case 'succeeded':
    case 'timeout':
    case 'oom':
    case 'cancelled':
      return { kind: finished.outcome }
    case 'lost':
    case 'build_failed':
    case 'stage_failed':
      return { kind: finished.outcome, reason: finished.reason.slice(0, 2000) }
    default:
      // `failed`, and whatever a newer agent may say.
      return finished.signal === ''
        ? { kind: 'failed', exitCode: finished.exit_code, signal: null }
        : { kind: 'failed', exitCode: null, signal: finished.signal.slice(0, 20) }
  }
}

function toUsage({ usage }: Finished__Output): Usage | null {
  if (usage === null) return null
  return {
    wallSeconds: amount(usage.wall_seconds),
    userSeconds: amount(usage.user_seconds),
    systemSeconds: amount(usage.system_seconds),
    peakMemory: amount(usage.peak_memory),
    memorySource: usage.memory_source.slice(0, 20),
  }
}

/** Averages are made of it: one node's NaN must not end up in the order of all jobsets. */
function amount(value: number): number {
  return Number.isFinite(value) && value > 0 ? value : 0
}

function checked(path: string): string {
  const problem = pathProblem(path)
  if (problem !== null) throw new DistError('bad_path', `a result has an unsafe path ${JSON.stringify(path.slice(0, 200))}: ${problem}`)
  return path
}

export function fromInputFile(file: InputFile): WireInputFile {
  return { name: file.name, sha256: Buffer.from(file.sha256, 'hex'), size: file.size, mode: file.mode }
}

/** `packed`: some of its jobs take less than a whole node. */
export function fromJobset(uid: string, spec: JobsetSpec, packed: boolean): WireJobset {
  const { buildFile, build, sif, mounts, source, files } = spec.initialize
  return {
    uid,
    namespace: spec.meta.namespace,
    batch_name: spec.meta.batchName,
    kind: spec.kind,
    ...(buildFile === null ? {} : { build_file: fromInputFile(buildFile) }),
    files: files.map(fromInputFile),
    build_command: build ?? '',
    ...(sif === null ? {} : { sif: fromInputFile(sif) }),
    mounts: [...mounts],
    ...(source === null ? {} : { source: fromSource(source) }),
    share: sharesBuild(spec),
    packed,
    ...(spec.search === undefined ? {} : { trial_rules_json: JSON.stringify(trialRules(spec.search)) }),
  }
}

function fromSource(source: Source): NonNullable<WireJobset['source']> {
  if (source.kind === 'git') return { git_url: source.url, ref: source.ref ?? '', submodules: source.submodules }
  return { archive_url: source.url, sha256: Buffer.from(source.sha256, 'hex') }
}
