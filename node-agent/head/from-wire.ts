// Frames of the head -> the core's terms. Generated types stop here. Ids are checked because they name files;
// file names are checked where they are written.

import { pathProblem } from '../../shared/files/safe-path.ts'
import { type AttemptId, isAttemptId, type JobsetUid, type Sha256 } from '../../shared/model/ids.ts'
import type { InputFile, Source } from '../../shared/model/jobset.ts'
import type { SaveRules } from '../../shared/model/options.ts'
import type { TrialJob, TrialRules } from '../../shared/model/trial.ts'
import type { Assign__Output } from '../../shared/wire/gen/dist/Assign.ts'
import type { Build__Output } from '../../shared/wire/gen/dist/Build.ts'
import type { HeadFrame__Output } from '../../shared/wire/gen/dist/HeadFrame.ts'
import type { InputFile__Output } from '../../shared/wire/gen/dist/InputFile.ts'
import type { Jobset__Output } from '../../shared/wire/gen/dist/Jobset.ts'
import type { SaveRules__Output } from '../../shared/wire/gen/dist/SaveRules.ts'
import type { Source__Output } from '../../shared/wire/gen/dist/Source.ts'
import type { HeadWork, VerdictKind } from '../core/event.ts'
import type { JobsetInfo, Work } from '../core/work.ts'

const verdicts: Readonly<Record<string, VerdictKind>> = { KEEP: 'keep', STOP: 'stop', SEND: 'send', FORGET: 'forget' }
const orders: Readonly<Record<string, 'drop' | 'stop'>> = { DROP: 'drop', STOP: 'stop' }

/** What a frame gives to do; null for one that carries nothing of that (a heartbeat). */
export function headWork(frame: HeadFrame__Output): HeadWork | null {
  const items = frame.jobsets.length + frame.builds.length + frame.assign.length + frame.verdicts.length + frame.orders.length
  if (items === 0 && !frame.idle) return null
  return {
    jobsets: frame.jobsets.flatMap((item) => (isUid(item.uid) ? [jobset(item)] : [])),
    builds: frame.builds.flatMap((item) => (isAttemptId(item.build_id) && isUid(item.jobset_uid) ? [build(item)] : [])),
    jobs: frame.assign.flatMap((item) => (isAttemptId(item.attempt_id) && isUid(item.jobset_uid) ? [job(item)] : [])),
    verdicts: frame.verdicts.flatMap((item) => {
      const kind = verdicts[item.kind]
      return isAttemptId(item.attempt_id) && kind !== undefined ? [{ id: item.attempt_id, kind }] : []
    }),
    orders: frame.orders.flatMap((item) => {
      const kind = orders[item.kind]
      return isAttemptId(item.attempt_id) && kind !== undefined ? [{ id: item.attempt_id, kind }] : []
    }),
    idle: frame.idle,
  }
}

function isUid(text: string): text is JobsetUid {
  return /^[0-9a-f]{16}$/.test(text)
}

function jobset(item: Jobset__Output): JobsetInfo {
  return {
    uid: item.uid as JobsetUid,
    namespace: item.namespace,
    batchName: item.batch_name,
    kind: item.kind,
    buildFile: item.build_file === null ? null : inputFile(item.build_file),
    buildCommand: item.build_command === '' ? null : item.build_command,
    sif: item.sif === null ? null : inputFile(item.sif),
    mounts: item.mounts,
    source: item.source === null ? null : source(item.source),
    files: item.files.map(inputFile),
    packed: item.packed,
    share: item.share,
    trialRules: trialRules(item.trial_rules_json),
  }
}

function build(item: Build__Output): Extract<Work, { kind: 'build' }> {
  return {
    kind: 'build',
    id: item.build_id as AttemptId,
    uid: item.jobset_uid as JobsetUid,
    cores: item.cores,
    slot: item.slot,
    rebuild: item.rebuild,
  }
}

function source(item: Source__Output): Source {
  if (item.archive_url !== '') return { kind: 'archive', url: item.archive_url, sha256: item.sha256.toString('hex') as Sha256 }
  return { kind: 'git', url: item.git_url, ref: item.ref === '' ? null : item.ref, submodules: item.submodules }
}

function job(item: Assign__Output): Extract<Work, { kind: 'job' }> {
  return {
    kind: 'job',
    id: item.attempt_id as AttemptId,
    uid: item.jobset_uid as JobsetUid,
    cores: item.cores,
    slot: item.slot,
    jobName: item.job_name,
    number: item.number,
    script: item.script === null ? null : inputFile(item.script),
    run: item.run === '' ? null : item.run,
    files: item.files.map(inputFile),
    args: item.args,
    env: item.env,
    timeLimit: item.time_limit_seconds > 0 ? item.time_limit_seconds : null,
    params: item.params_json === '' ? null : item.params_json,
    nice: Math.min(item.nice, 19),
    save: item.save === null ? null : saveRules(item.save),
    memory: item.memory > 0 ? item.memory : null,
    gpus: item.gpus,
    trial: trialJob(item.trial_json),
  }
}

function saveRules(item: SaveRules__Output): SaveRules {
  return {
    onlyOn: item.only_on_success ? 'success' : null,
    exclude: item.exclude,
    maxSize: item.max_size > 0 ? item.max_size : null,
  }
}

function trialRules(json: string): TrialRules | null {
  const value = parsed<TrialRules>(json)
  return Array.isArray(value?.keys) && Array.isArray(value.metrics) ? value : null
}

function trialJob(json: string): TrialJob | null {
  const value = parsed<TrialJob>(json)
  return typeof value?.label === 'string' && pathProblem(`${value.label}.out`) === null && Array.isArray(value.params) ? value : null
}

/** Null for none, and for what is no object: it runs as a plain job then, and the head sees that nothing was reported. */
function parsed<T>(json: string): T | null {
  try {
    const value: unknown = json === '' ? null : JSON.parse(json)
    return typeof value === 'object' ? (value as T | null) : null
  } catch {
    return null
  }
}

function inputFile(item: InputFile__Output): InputFile {
  return { name: item.name, sha256: item.sha256.toString('hex') as Sha256, size: item.size, mode: item.mode & 0o777 }
}
