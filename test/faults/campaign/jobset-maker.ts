// Jobsets of the campaign, drawn from a seed and written as files, with what has to come of each job. Used by storm.ts.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Random } from '../../sim/random.ts'

/** How a job must end when nobody cancels it; `either`: it fails by chance. */
export type Expected = 'succeeded' | 'failed' | 'skipped' | 'either'

export interface PlannedJob {
  readonly name: string
  readonly expected: Expected
  /** beginning of its distribute_save/answer.txt */
  readonly answer: string
}

export interface PlannedJobset {
  readonly batch: string
  readonly file: string
  readonly jobs: readonly PlannedJob[]
}

export const namespace = 'storm'

interface Work {
  readonly n: number
  readonly seconds: number
  /** bytes in distribute_save beside the answer */
  readonly save: number
  readonly daemon: boolean
  readonly built: boolean
  readonly fail: 'never' | 'always' | 'sometimes'
}

/** Writes `<folder>/<batch>.yaml` and what it needs. */
export function makeJobset(folder: string, batch: string, random: Random): PlannedJobset {
  mkdirSync(folder, { recursive: true })
  copyFileSync(fileURLToPath(new URL('work.py', import.meta.url)), join(folder, 'work.py'))
  writeFileSync(join(folder, 'build.py'), "open('built.txt', 'w').write('built\\n')\nprint('built')\n")
  const shell = random.chance(0.25)
  const built = !shell && random.chance(0.4)
  const lines = [
    `meta: {batch_name: ${batch}, namespace: ${namespace}, capabilities: [python3]}`,
    `lost_after: ${random.pick(['4s', '8s', '60s', '5m'])}`,
  ]
  if (random.chance(0.7)) lines.push(`resources: {cores: ${1 + random.below(2)}}`)
  lines.push(`${shell ? 'shell' : 'python'}:`, `  initialize: {${built ? 'build_file: build.py' : ''}}`, '  jobs:')
  const jobs: PlannedJob[] = []
  const long = random.chance(0.3)
  const count = long ? 2 + random.below(6) : 4 + random.below(24)
  for (let index = 0; index < count; index++) {
    const work = makeWork(index + 1, built, long, random)
    const before = jobs.length > 0 && random.chance(0.12) ? random.pick(jobs) : undefined
    const job: PlannedJob = { name: `job_${index}`, expected: expectedOf(work, before, shell), answer: `${work.n * work.n} ` }
    const needs = before === undefined ? '' : `, needs: [${before.name}]`
    const retries = work.fail === 'never' ? '' : `, retries: {max: ${random.below(4)}, on: [exit], backoff: 1s}`
    const what = shell ? shellJob(work) : `file: work.py, params: ${JSON.stringify(work)}`
    lines.push(`    - {name: ${job.name}, ${what}${needs}${retries}}`)
    jobs.push(job)
  }
  const file = join(folder, `${batch}.yaml`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return { batch, file, jobs }
}

function makeWork(n: number, built: boolean, long: boolean, random: Random): Work {
  const dice = random.next()
  return {
    n,
    built,
    seconds: long ? 2 + random.next() * 8 : random.next() * 0.6,
    save: dice < 0.12 ? (100 << 10) + random.below(3 << 20) : 0,
    daemon: dice > 0.9,
    fail: random.chance(0.93) ? 'never' : random.chance(0.5) ? 'always' : 'sometimes',
  }
}

function shellJob({ n, seconds, save, daemon, fail }: Work): string {
  const steps = [
    `echo job ${n}`,
    daemon ? 'setsid sleep 900 < /dev/null > /dev/null 2>&1 &' : '',
    `sleep ${seconds.toFixed(2)}`,
    save > 0 ? `head -c ${save} /dev/urandom > distribute_save/big.bin` : '',
    `echo $(( ${n} * ${n} )) '' > distribute_save/answer.txt`,
    fail === 'never' ? '' : 'exit 3',
  ]
  return `run: ${JSON.stringify(steps.filter((step) => step !== '').join('\n'))}`
}

function expectedOf({ fail }: Work, before: PlannedJob | undefined, shell: boolean): Expected {
  if (before?.expected === 'failed' || before?.expected === 'skipped') return 'skipped'
  if (before?.expected === 'either') return 'either'
  if (fail === 'never') return 'succeeded'
  return fail === 'always' || shell ? 'failed' : 'either'
}
