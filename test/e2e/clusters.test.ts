// Bundles on a real Slurm and a real Grid Engine, and home again: every file verified, every result committed once.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scheduler, type SchedulerKind, schedulerPrograms } from '../support/clusters/scheduler.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { needs, skipOrFail } from '../support/needs.ts'
import { expectNoProcesses } from '../support/processes.ts'
import { buildTinyImage, containerPath, hasApptainer } from '../support/tiny-image.ts'
import { until } from '../support/until.ts'

let root: string
let head: Head | null = null
let cluster: Scheduler | null = null
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-cluster-'))
  // munged and the scheduler's own account look into it
  chmodSync(root, 0o755)
})
afterEach(async () => {
  await head?.stop()
  await cluster?.stop()
  await expectNoProcesses(root, 10_000)
  rmSync(root, { recursive: true, force: true })
  head = null
  cluster = null
})

function write(name: string, text: string | Buffer | readonly string[]): void {
  mkdirSync(join(root, 'jobs'), { recursive: true })
  writeFileSync(join(root, 'jobs', name), typeof text === 'string' || Buffer.isBuffer(text) ? text : `${text.join('\n')}\n`)
}

const job = [
  'import os, sys, time',
  'sys.dont_write_bytecode = True',
  'from input import helper',
  'if "DIST_PARAM_SLEEP" in os.environ: time.sleep(60)',
  'print(sys.argv[1:], os.environ["DIST_JOB"], sorted(os.listdir(".")), sorted(os.listdir("input")), helper.X, open("tool").read())',
  'os.makedirs("distribute_save/sub dir/empty")',
  'for name in ("é ü.txt", "new\\nline") if "DIST_PARAM_ODD" in os.environ else (): open("distribute_save/sub dir/" + name, "w").write(name)',
  'open("distribute_save/out.txt", "w").write(open("input/input.json").read())',
  'os.symlink("out.txt", "distribute_save/link")',
  'sys.exit(3 if "DIST_PARAM_BAD" in os.environ else 0)',
]

/** A jobset of each kind; the python one uses everything that a bundle knows. */
function writeJobsets(kind: SchedulerKind, image: Buffer): void {
  const fields = kind === 'slurm' ? 'slurm: {job_name: sweep, ntasks: 2, partition: short}' : 'sge: {pe: make 2, q: all.q}'
  write('build.py', ['from initial_files import helper', 'print("building", helper.X)', 'open("tool", "w").write("built")'])
  write('helper.py', 'X = 7\n')
  write('job.py', job)
  write('a.json', '{"a": 1}')
  const entry = (name: string, more = '') =>
    `    - {name: ${name}, file: job.py, required_files: [{path: a.json, alias: input.json}]${more}}`
  write('sweep.yaml', [
    'meta: {batch_name: sweep, namespace: lab, capabilities: [python3]}',
    fields,
    'args: ["x y"]',
    'python:',
    '  initialize: {build_file: build.py, required_files: [{path: helper.py}]}',
    '  jobs:',
    entry('"it\'s $HOME"'),
    entry('first', ', slurm: {job_name: first_job, ntasks: 3, partition: long}, params: {odd: 1}'),
    entry('bad', ', params: {bad: true}'),
    entry('never', ', needs: [bad]'),
    entry('late', ', needs: [first]'),
    entry('slow', ', time_limit: 1s, params: {sleep: 1}'),
  ])
  write('many.yaml', [
    'meta: {batch_name: many, namespace: lab, capabilities: []}',
    'resources: {cores: 1}',
    'shell:',
    '  jobs:',
    ...Array.from({ length: 7 }, (_, n) => `    - {name: n${n}, run: 'echo "$1 $DIST_JOB" > distribute_save/n; echo done'}`),
  ])
  write('tool.sif', image)
  write('hello.txt', 'hello\n')
  write('1.txt', '10\n')
  write('2.txt', '15\n')
  const square = (n: number, more = '') => `    - {name: job_${n}, required_files: [{path: ${n}.txt, alias: input.txt}]${more}}`
  write('squares.yaml', [
    'meta: {batch_name: squares, namespace: lab, capabilities: [apptainer]}',
    'slurm: {ntasks: 2}',
    'resources: {cores: 1}',
    'apptainer:',
    '  initialize: {sif: tool.sif, required_files: [{path: hello.txt}], required_mounts: [/dir1, /dir2]}',
    '  jobs:',
    square(1, ', slurm: {job_name: first_job}'),
    square(2),
  ])
}

const app = [
  'read -r number < /input/input.txt; read -r hello < /input/hello.txt',
  'echo mounted > /dir1/x && echo mounted > /dir2/x',
  'echo "$((number * number))" > /distribute_save/simulated_output.txt; echo "$hello on $1"',
]

const folderOfFirst: Readonly<Record<SchedulerKind, string>> = { slurm: 'first_job', sge: 'job_1' }

test.for(['slurm', 'sge'] as const)(
  'jobsets of every kind run on a real %s and come home verified',
  { timeout: 200_000 },
  async (kind, context) => {
    if (process.getuid?.() !== 0) return skipOrFail(context, 'a scheduler is started as root')
    needs(context, ...schedulerPrograms[kind])
    if (!hasApptainer()) return skipOrFail(context, 'apptainer not installed')
    const image = buildTinyImage(root, app)
    if (typeof image === 'string') return skipOrFail(context, image)
    const starting = Scheduler.start(kind, join(root, 'cluster'))
    head = await startHead()
    cluster = await starting
    writeJobsets(kind, image)
    const bundle = (name: string) => join(root, `b-${name}`)
    const ids: string[] = []
    for (const name of ['sweep', 'many', 'squares']) {
      await distOk(head, [kind, bundle(name), join(root, 'jobs', `${name}.yaml`)])
      writeFileSync(join(bundle(name), 'site.sh'), `PATH=${containerPath}:/usr/sbin:/sbin\nexport PATH\n`)
      ids.push(cluster.run(['env', 'DIST_ARRAY_MAX=4', 'sh', 'schedule_jobs.sh'], bundle(name)))
    }
    expect(ids[0]?.match(/^build: /gm)).toHaveLength(1)
    expect(ids[1]?.match(/^[43] of /gm)).toEqual(['4 of ', '3 of '])

    const jobsOf = (name: string) =>
      (JSON.parse(readFileSync(join(bundle(name), 'bundle.json'), 'utf8')) as { jobs: { folder: string }[] }).jobs.map(
        (item) => item.folder,
      )
    const all = ['sweep', 'many', 'squares'].flatMap((name) => jobsOf(name).map((folder) => join(bundle(name), folder, 'status')))
    const logs = () => all.filter((path) => !existsSync(path)).join('\n') + cluster?.report(root)
    await until('every job has ended', () => all.every((path) => existsSync(path)), { within: 120_000, every: 100, report: logs })

    // the layout of the original
    const first = join(bundle('squares'), folderOfFirst[kind])
    expect(readdirSync(join(first, 'input')).sort()).toEqual(['hello.txt', 'input.txt'])
    expect(readdirSync(join(first, 'output'))).toEqual(['simulated_output.txt'])
    expect(readFileSync(join(first, 'mnt_01/x'), 'utf8')).toBe('mounted\n')
    expect(existsSync(join(bundle('squares'), 'apptainer.sif'))).toBe(true)

    expect((await distOk(head, ['import', bundle('many')])).trim()).toBe('lab/many: 7 results imported')
    expect((await distOk(head, ['import', bundle('squares')])).trim()).toBe('lab/squares: 2 results imported')
    const swept = JSON.parse(await distOk(head, ['import', bundle('sweep'), '--json'])) as { imported: number; open: { job: string }[] }
    expect([swept.imported, swept.open.map((item) => item.job)]).toEqual([5, ['never']])

    const { jobs } = JSON.parse(await distOk(head, ['jobs', 'lab/sweep', '--json'])) as {
      jobs: { name: string; state: string; node: string; outcome: object; notices: string[] }[]
    }
    expect(Object.fromEntries(jobs.map(({ name, state }) => [name, state]))).toEqual({
      ...{ "it's $HOME": 'succeeded', first: 'succeeded', bad: 'failed', never: 'skipped', late: 'succeeded', slow: 'failed' },
    })
    expect(jobs.find(({ name }) => name === 'bad')).toMatchObject({ node: `${kind}:head`, outcome: { kind: 'failed', exitCode: 3 } })
    expect(jobs.find(({ name }) => name === 'slow')?.outcome).toMatchObject({ kind: 'timeout' })

    for (const name of ['sweep', 'many', 'squares']) await distOk(head, ['pull', `lab/${name}`, '--save-dir', 'home'])
    const home = (path: string) => readFileSync(join(head?.root ?? '', 'home', path), 'utf8')
    const cores = kind === 'slurm' ? 3 : 2
    const tree = "['distribute_save', 'initial_files', 'input', 'job.py', 'tool']"
    expect(home('sweep/first/stdout.txt')).toBe(`['${cores}', 'x y'] first ${tree} ['helper.py', 'input.json', 'params.json'] 7 built\n`)
    expect(home("sweep/it's $HOME/stdout.txt")).toContain("['2', 'x y'] it's $HOME")
    expect(home('sweep/late/link')).toBe('{"a": 1}')
    expect(readdirSync(join(head.root, 'home/sweep/late/sub dir'))).toEqual(['empty'])
    expect(readdirSync(join(head.root, 'home/sweep/first/sub dir')).sort()).toEqual(['empty', 'é ü.txt'])
    expect(jobs.find(({ name }) => name === 'first')?.notices).toEqual([
      String.raw`"sub dir/new\nline" was not saved: it has a control character`,
    ])
    expect(home('many/n6/n')).toBe('1 n6\n')
    expect(home('squares/job_2/simulated_output.txt')).toBe('225\n')
    expect(home('squares/job_1/stdout.txt')).toBe(`hello on ${kind === 'slurm' ? 2 : 1}\n`)
    const again = await dist(head, ['import', bundle('sweep')])
    expect([again.code, again.stdout.trim()]).toEqual([0, 'lab/sweep: 0 results imported, 5 there already, 1 without a result'])
  },
)
