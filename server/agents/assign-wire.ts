// A job's assignment in wire form: its spec, what its jobset says for all jobs, and what was granted.
import type { JobOptions, SaveRules } from '../../shared/model/options.ts'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import type { NodeMessage } from '../core/effects.ts'
import { fromInputFile } from './convert.ts'

type AssignMessage = Extract<NodeMessage, { kind: 'assign' }>

/** `defaults`: the jobset's options; the job's own win field by field. Absent fields are those of an ordinary job. */
export function fromAssign(message: AssignMessage, defaults: JobOptions): Assign {
  const { spec } = message
  const options: JobOptions = spec.options === null ? defaults : { ...defaults, ...spec.options }
  return {
    attempt_id: message.attempt,
    jobset_uid: message.uid,
    job_name: spec.name,
    cores: message.grant.cores,
    slot: message.grant.slot,
    gpus: [...message.grant.gpus],
    ...(spec.script === null ? {} : { script: fromInputFile(spec.script) }),
    files: spec.files.map(fromInputFile),
    number: message.number,
    ...(spec.run === null ? {} : { run: spec.run }),
    args: [...options.args],
    env: { ...options.env },
    ...(options.timeLimit === null ? {} : { time_limit_seconds: options.timeLimit / 1000 }),
    ...(Object.keys(options.params).length === 0 ? {} : { params_json: JSON.stringify(options.params) }),
    nice: options.nice,
    ...(savesAll(options.save) ? {} : { save: fromSave(options.save) }),
    ...(options.demand.memory === null ? {} : { memory: options.demand.memory }),
    ...(spec.trial === undefined ? {} : { trial_json: JSON.stringify(spec.trial) }),
  }
}

function savesAll(save: SaveRules): boolean {
  return save.onlyOn === null && save.exclude.length === 0 && save.maxSize === null
}

function fromSave(save: SaveRules): NonNullable<Assign['save']> {
  return { only_on_success: save.onlyOn === 'success', exclude: [...save.exclude], max_size: save.maxSize ?? 0 }
}

/** Bytes that the assignment takes in a frame, about: files dominate, then what a person wrote. */
export function assignBytes({ spec }: AssignMessage): number {
  const written = spec.options === null ? 0 : JSON.stringify(spec.options).length
  const trial = spec.trial === undefined ? 0 : JSON.stringify(spec.trial).length
  return 120 + 90 * (spec.files.length + 1) + (spec.run?.length ?? 0) + written + trial
}
