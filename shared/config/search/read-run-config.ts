// Reads `run_config`: the fields of a batchtools submit template. They become resources and a limit of the trials, so that the
// file runs on ordinary nodes too, and the scheduler's own fields.
import type { SlurmFields } from '../../model/jobset.ts'
import type { Demand } from '../../model/resources.ts'
import type { SearchSpec } from '../../model/search.ts'
import type { Path } from '../problem.ts'
import { isSet, readBytes, readDuration, readWhole } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import type { Entry } from '../tree.ts'

interface RunConfig {
  readonly command: Entry | undefined
  readonly cores: number | null
  /** bytes */
  readonly memory: Demand['memory']
  /** ms */
  readonly timeLimit: number | null
  /** null for `sh` */
  readonly scheduler: SlurmFields | null
}

type JobType = SearchSpec['jobType']

/** Names of the templates -> names of the scheduler. Others are kept as they are. */
const renamed: Readonly<Record<JobType, Readonly<Record<string, string>>>> = {
  sh: {},
  sge: { cores: 'pe', vmem: 'h_vmem', mem: 'h_vmem', realtime: 'h_rt', walltime: 'h_rt' },
  slurm: {
    ...{ allocation: 'account', realtime: 'time', walltime: 'time', vmem: 'mem', email: 'mail_user' },
    ...{ cores: 'ntasks_per_node', coresPerNode: 'ntasks_per_node' },
  },
}

export function readRunConfig(reading: Reading, entry: Entry | undefined, path: Path, jobType: JobType): RunConfig {
  const nothing = { command: undefined, cores: null, memory: null, timeLimit: null, scheduler: null }
  if (!isSet(entry) || !reading.spend(1, entry.value, path)) return nothing
  if (entry.value.kind !== 'map') {
    reading.wrong(entry.value, path, 'a mapping', 'write cores: 5 below it, indented')
    return nothing
  }
  const entries = new Map(entry.value.entries.map((one) => [one.key, one]))
  const at = (part: string): Path => ({ up: path, part })
  const one = (...keys: readonly string[]) => keys.map((key) => entries.get(key)).find(isSet)
  const count = (found: Entry | undefined) => readWhole(reading, found, at(found?.key ?? ''), { least: 1, most: 65_536 })
  const time = one('realtime', 'walltime', 'time')
  const memory = one('vmem', 'mem', 'memory')
  const cores = count(one('cores', 'coresPerNode'))
  const nodes = count(one('nodes'))
  return {
    command: entries.get('command'),
    cores: cores === null ? null : cores * (nodes ?? 1),
    memory: readBytes(reading, memory, at(memory?.key ?? '')),
    timeLimit: readDuration(reading, time, at(time?.key ?? ''), 1),
    scheduler: jobType === 'sh' ? null : readFields(reading, entries, path, jobType),
  }
}

function readFields(reading: Reading, entries: ReadonlyMap<string, Entry>, path: Path, jobType: JobType): SlurmFields {
  const fields: Record<string, string | number> = {}
  for (const { key, value } of entries.values()) {
    if (key === 'command' || value.kind === 'null') continue
    const here = { up: path, part: key }
    const texts = (value.kind === 'list' ? value.items : [value]).map((node) => reading.text(node, here, 'text') ?? '')
    const name = renamed[jobType][key] ?? key
    const text = texts.join('\n')
    if (name === 'pe') fields[name] = `smp ${text}`
    else fields[name] = value.kind === 'text' && value.plain && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text
  }
  return fields
}
