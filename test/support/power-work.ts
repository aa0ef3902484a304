// Jobsets for power cuts: each job's result follows from its random input, so that whatever is committed can be proved
// right, first run or second.
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { runDist } from '../../cli/test-support/run-dist.ts'
import { openForReading } from '../../server/store/open-database.ts'
import type { JobsetReply, ResultReply } from '../../shared/api/types.ts'
import { sha256, sha256FileSync } from '../../shared/files/digest.ts'
import type { Head } from './head.ts'
import { until } from './until.ts'

const script = `import hashlib, os, time
data = open("input/in.bin", "rb").read()
text = hashlib.sha256(data).hexdigest()
print(text, open("built.txt").read(), flush=True)
time.sleep(data[0] / 1000)
open("distribute_save/out.txt", "w").write(text)
if len(data) > 1000:
    os.mkdir("distribute_save/deep")
    open("distribute_save/deep/out.bin", "w").write(text * 5000)
`

export interface PowerWork {
  readonly batch: string
  /** by name of the job: hex digits that its result is made of */
  readonly jobs: ReadonlyMap<string, { readonly text: string; readonly large: boolean }>
}

/** Writes a jobset of `count` jobs and adds it; resolves when that is acknowledged. `large`: every fourth result is shipped. */
export async function addPowerWork(head: Head, batch: string, count: number, { large: some = true } = {}): Promise<PowerWork> {
  const folder = join(head.root, 'jobs', batch)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'run.py'), script)
  writeFileSync(join(folder, 'build.py'), 'open("built.txt", "w").write("built")\n')
  const lines = [
    `meta: {batch_name: ${batch}, namespace: test, capabilities: []}`,
    'python:',
    '  initialize: {build_file: build.py}',
    '  jobs:',
  ]
  const jobs = new Map<string, { text: string; large: boolean }>()
  for (let n = 0; n < count; n++) {
    const large = some && n % 4 === 0
    const data = randomBytes(large ? 400_000 : 500)
    jobs.set(`j${n}`, { text: createHash('sha256').update(data).digest('hex'), large })
    writeFileSync(join(folder, `${n}.bin`), data)
    lines.push(`    - {name: j${n}, file: run.py, required_files: [{path: ${n}.bin, alias: in.bin}]}`)
  }
  writeFileSync(join(folder, 'jobs.yaml'), `${lines.join('\n')}\n`)
  const env = { DIST_HEAD: head.url, DIST_TOKEN: head.token, HOME: folder }
  const { code, stdout, stderr } = await runDist(['--quiet', 'add', join(folder, 'jobs.yaml')], { cwd: folder, env })
  if (code !== 0) throw new Error(`dist add: exit status ${code}\n${stdout}${stderr}`)
  return { batch, jobs }
}

/** What the head says is committed: `<batch>/<job>` -> manifest. */
export async function committed(head: Head): Promise<Map<string, string>> {
  const { jobsets } = await head.api<{ jobsets: JobsetReply[] }>('GET', '/jobsets?namespace=test')
  const found = new Map<string, string>()
  for (const { id, batch } of jobsets) {
    const { results } = await head.api<{ results: ResultReply[] }>('GET', `/jobsets/${id}/results?limit=10000`)
    for (const { name, manifest } of results) found.set(`${batch}/${name}`, JSON.stringify(manifest))
  }
  return found
}

/** Waits until all is over and placed; every job is committed once, and its folder holds what its input makes of it. */
export async function expectPowerWorkDone(head: Head, works: readonly PowerWork[]): Promise<void> {
  for (const { batch, jobs } of works) {
    const done = async (): Promise<JobsetReply | null> => {
      const { jobsets } = await head.api<{ jobsets: JobsetReply[] }>('GET', `/jobsets?namespace=test&batch=${batch}`)
      if (jobsets[0] === undefined) throw new Error(`the acknowledged jobset ${batch} is gone`)
      return jobsets[0].state !== 'active' && jobsets[0].placed ? jobsets[0] : null
    }
    const jobset = await until(`test/${batch} is over`, done, { within: 180_000, every: 100, report: head.report })
    expect(jobset.counts, batch).toMatchObject({ succeeded: jobs.size })
    expect(commits(head, jobset.id), batch).toEqual(Array.from(jobs, () => 1))
    for (const [name, { text, large }] of jobs) {
      const folder = join(head.data, 'results/test', batch, name)
      expect(readFileSync(join(folder, 'stdout.txt'), 'utf8'), `${batch}/${name}`).toBe(`${text} built\n`)
      expect(readFileSync(join(folder, 'out.txt'), 'utf8'), `${batch}/${name}`).toBe(text)
      if (large)
        expect(sha256FileSync(join(folder, 'deep/out.bin')).sha256, `${batch}/${name}`).toBe(sha256(Buffer.from(text.repeat(5000))))
    }
  }
}

/** Number of committed events of each job. */
function commits(head: Head, jobset: number): number[] {
  const db = openForReading(join(head.data, 'dist.sqlite'))
  try {
    return db
      .prepare<[number], number>("SELECT count(*) FROM event WHERE kind = 'committed' AND jobset = ? GROUP BY job")
      .pluck()
      .all(jobset)
  } finally {
    db.close()
  }
}
