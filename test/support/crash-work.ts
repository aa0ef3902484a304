// Work for fault tests in which everything happens that a program can die of: a build, inputs small and large, a result
// inside the message, one that is shipped, a failure, a job that is ordered to end. And the proof that it ended as it must.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { expect } from 'vitest'
import { runDist } from '../../cli/test-support/run-dist.ts'
import { openForReading } from '../../server/store/open-database.ts'
import type { ResultReply } from '../../shared/api/types.ts'
import { sha256, sha256FileSync } from '../../shared/files/digest.ts'
import type { Head } from './head.ts'
import { processesOf } from './processes.ts'
import { until } from './until.ts'

const script = `import os, sys, time
job = os.environ["DIST_JOB"]
data = open("input/in.bin", "rb").read()
print(job, len(data), open("built.txt").read(), flush=True)
if job == "endless": time.sleep(3600)
if job == "bad": sys.exit(3)
open("distribute_save/copy.bin", "wb").write(data)
if job == "large":
    os.mkdir("distribute_save/deep")
    open("distribute_save/deep/twice.bin", "wb").write(data + data)
`
const sizes: Readonly<Record<string, number>> = { small: 100, endless: 10, large: 300_000, bad: 5000 }

export interface CrashWork {
  readonly batch: string
  readonly inputs: Readonly<Record<string, Buffer>>
}

/** Writes the jobset and adds it, then orders its job `endless` to end. Resolves when both are acknowledged. */
export async function beginCrashWork(head: Head, batch: string): Promise<CrashWork> {
  const folder = join(head.root, 'jobs', batch)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'run.py'), script)
  writeFileSync(join(folder, 'build.py'), 'open("built.txt", "w").write("built"); print("builds")\n')
  const inputs: Record<string, Buffer> = {}
  const lines = [
    `meta: {batch_name: ${batch}, namespace: test, capabilities: []}`,
    'python:',
    '  initialize: {build_file: build.py}',
    '  jobs:',
  ]
  for (const [name, size] of Object.entries(sizes)) {
    const data = randomBytes(size)
    inputs[name] = data
    writeFileSync(join(folder, `${name}.bin`), data)
    lines.push(`    - {name: ${name}, file: run.py, required_files: [{path: ${name}.bin, alias: in.bin}]}`)
  }
  writeFileSync(join(folder, 'jobs.yaml'), `${lines.join('\n')}\n`)
  const env = { DIST_HEAD: head.url, DIST_TOKEN: head.token, HOME: folder }
  // 0: done; 1: added before its answer was lost
  await expectCode([0, 1], ['--quiet', 'add', join(folder, 'jobs.yaml')], env, folder)
  // 0: done; 1: ordered, its node has not confirmed it yet
  await expectCode([0, 1], ['--quiet', 'kill', `test/${batch}/endless`], env, folder)
  return { batch, inputs }
}

async function expectCode(codes: readonly number[], argv: readonly string[], env: Record<string, string>, cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runDist(argv, { cwd, env })
  if (!codes.includes(code)) throw new Error(`dist ${argv.join(' ')}: exit status ${code}\n${stdout}${stderr}`)
}

/** Waits until it is over and placed, and proves that each job ended once and rightly and nothing of it runs any more. */
export async function endCrashWork(head: Head, work: CrashWork): Promise<void> {
  const over = (): number | null => reading(head, (db) => finished(db, work.batch))
  const jobset = await until(`test/${work.batch} is over`, over, { within: 120_000, every: 25, report: head.report })
  const rows = reading(head, (db) =>
    db
      .prepare<[number], Ended>(
        `SELECT j.name, j.state, count(e.seq) AS commits FROM job j LEFT JOIN event e ON e.job = j.id AND e.kind = 'committed'
         WHERE j.jobset = ? GROUP BY j.id ORDER BY j.id`,
      )
      .all(jobset),
  )
  expect(rows, work.batch).toEqual(wantedEnds)
  // a result that came after the order to end may kill it still: then it answers after its restart
  const ask = () => head.api<{ results: ResultReply[] }>('GET', `/jobsets/${jobset}/results?limit=10`).catch(() => null)
  const { results } = await until('the head answers', ask, { within: 60_000, report: head.report })
  for (const name of ['small', 'large', 'bad']) {
    const result = results.find((one) => one.name === name)
    expect(filesOf(head, work.batch, name), `${work.batch}/${name}`).toEqual(wantedFiles(name, work.inputs[name] ?? Buffer.alloc(0)))
    expect(hashes(result)).toEqual(filesOf(head, work.batch, name))
  }
  await until('no job runs', () => !processesOf(head.root).some(({ command }) => command.includes('./job.py')), { within: 30_000 })
}

interface Ended {
  readonly name: string
  readonly state: string
  readonly commits: number
}

const wantedEnds: readonly Ended[] = [
  { name: 'small', state: 'succeeded', commits: 1 },
  { name: 'endless', state: 'cancelled', commits: 0 },
  { name: 'large', state: 'succeeded', commits: 1 },
  { name: 'bad', state: 'failed', commits: 1 },
]

/** What an orderly end leaves of uploads and live output: nothing. */
export async function expectNoLeftovers(head: Head, work: string): Promise<void> {
  const folders = [join(head.data, 'results', '.incoming'), join(head.data, 'logs'), join(work, 'attempts')]
  const left = (): string[] =>
    folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []))
  await until('no upload, live output or attempt folder is left', () => left().length === 0, {
    within: 30_000,
    report: () => left().join('\n'),
  })
}

/** The jobset's number once it has ended and all lies in its folders. Asks the rows, so that asking is no call of the head. */
function finished(db: Database.Database, batch: string): number | null {
  const row = db.prepare<[string], { id: number }>("SELECT id FROM jobset WHERE batch = ? AND state <> 'active'").get(batch)
  if (row === undefined) return null
  const open = ['attempt', 'build'].some(
    (table) =>
      db.prepare<[number], number>(`SELECT 1 FROM ${table} WHERE jobset = ? AND location <> 'folder' LIMIT 1`).get(row.id) !== undefined,
  )
  return open ? null : row.id
}

function reading<T>(head: Head, read: (db: Database.Database) => T): T {
  const db = openForReading(join(head.data, 'dist.sqlite'))
  try {
    return read(db)
  } finally {
    db.close()
  }
}

function wantedFiles(name: string, data: Buffer): Record<string, string> {
  const wanted: Record<string, string> = { 'stdout.txt': sha256(Buffer.from(`${name} ${data.length} built\n`)) }
  if (name === 'bad') return wanted
  wanted['copy.bin'] = sha256(data)
  if (name === 'large') wanted['deep/twice.bin'] = sha256(Buffer.concat([data, data]))
  return wanted
}

/** Path -> hash of what really lies in a job's folder. */
function filesOf(head: Head, batch: string, name: string): Record<string, string> {
  const folder = join(head.data, 'results/test', batch, name)
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), sha256FileSync(path).sha256]))
}

function hashes(result: ResultReply | undefined): Record<string, string> {
  const files = result?.manifest.flatMap((entry) => (entry.kind === 'file' ? [[entry.path, entry.sha256] as const] : [])) ?? []
  return Object.fromEntries(files)
}
