// A bundle without a scheduler: its scripts under /bin/sh, and what `dist import` makes of what they leave.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runDist, TestFolder } from '../test-support/run-dist.ts'
import { type Verified, verifyJob } from './verify-job.ts'

let folder: TestFolder
beforeEach(() => {
  folder = new TestFolder()
})
afterEach(() => folder.remove())

const rules = { onlyOn: null, exclude: [], maxSize: null } as const

/** Writes a shell jobset and its bundle; answers the bundle's folder. `jobs`: name -> rest of its line. */
async function bundle(jobs: Readonly<Record<string, string>>, lines: readonly string[] = [], initialize = ''): Promise<string> {
  const list = Object.entries(jobs).map(([name, rest]) => `    - {name: ${JSON.stringify(name)}, ${rest}}`)
  const text = [
    'meta: {batch_name: b, namespace: n, capabilities: []}',
    ...lines,
    'shell:',
    ...(initialize === '' ? [] : [`  initialize: ${initialize}`]),
    '  jobs:',
    ...list,
  ]
  writeFileSync(folder.join('jobs.yaml'), `${text.join('\n')}\n`)
  const made = await runDist(['slurm', 'out'], { cwd: folder.path })
  expect(made.code, made.stderr).toBe(0)
  return folder.join('out')
}

function sh(out: string, ...args: readonly string[]): { status: number | null; stderr: string } {
  return spawnSync('sh', [...args], {
    cwd: out,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', OMPI_RUNTK: '1', DIST_TOKEN: 't' },
  })
}

const verify = (out: string, job: string): Promise<Verified> => verifyJob(join(out, job), rules, AbortSignal.timeout(20_000))

test('a job finds the workspace of a node and leaves what it saved, verified', async () => {
  mkdirSync(folder.join('data'))
  writeFileSync(folder.join('data/a'), 'init a')
  writeFileSync(folder.join('data/own'), 'mine')
  chmodSync(folder.join('data/own'), 0o755)
  const run = [
    'ls -d * */* > distribute_save/tree; cat input/sub/b input/params.json tool; ls -l input/sub/b | cut -c 1-4',
    'echo "$# $1 $2 $SEED $DIST_PARAM_A $DIST_JOB $DIST_JOBSET"; env | grep -e RUNTK -e DIST_TOKEN || :; [ "$PWD/input" = "$DIST_INPUT_DIR" ]',
    'mkdir distribute_save/empty; ln -s tree distribute_save/link; echo changed > input/a; mkfifo distribute_save/pipe; ln -s /etc distribute_save/out',
  ]
  const out = await bundle(
    {
      "it's $x": `run: ${JSON.stringify(run.join('\n'))}, required_files: [{path: data/own, alias: sub/b}], args: ["a 'b"], env: {SEED: "7"}, params: {a: "q'"}`,
    },
    [],
    '{build: "cat input/a; echo built > tool; echo log > distribute_save/l", required_files: [{path: data/a}]}',
  )
  expect(sh(out, 'dist/build.sh').status).toBe(0)
  expect([readFileSync(join(out, 'build_output.txt'), 'utf8'), readdirSync(join(out, 'build_save'))]).toEqual(['init a', ['l']])
  expect(sh(out, 'dist/task.sh', 'one', "it's $x").stderr).toContain("it's $x: succeeded")
  const verified = await verify(out, "it's $x")
  if (verified.kind !== 'whole') throw new Error(JSON.stringify(verified))
  const { manifest, notices, outcome, sources } = verified.result
  const read = (path: string) => readFileSync(sources.get(path) ?? '', 'utf8')
  expect(outcome).toEqual({ kind: 'succeeded' })
  expect(manifest.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['file stdout.txt', 'file tree', 'folder empty', 'link link'])
  expect(read('stdout.txt')).toMatch(/^mine\{"a":"q'"\}\nbuilt\n-rwx\n2 \d+ a 'b 7 q' it's \$x n\/b\n$/)
  expect(
    read('tree')
      .split('\n')
      .filter((line) => !line.includes('distribute_save/')),
  ).toEqual([...['distribute_save', 'initial_files', 'initial_files/a', 'input', 'input/a', 'input/params.json', 'input/sub', 'tool', '']])
  expect(notices).toEqual([
    '"pipe" was not saved: it is no file, folder or link',
    'out was not saved: it is a link that leads out of distribute_save (/etc)',
  ])
  // inputs are pristine for the next run, and the workspace is gone
  expect([readFileSync(join(out, 'input/a'), 'utf8'), existsSync(join(out, "work/it's $x"))]).toEqual(['init a', false])
})

test('outcomes: exit code, signal, time limit, a need that failed, max_fails, a failed build', async () => {
  const jobs = {
    ...{ code: 'run: exit 201', signal: "run: 'kill -SEGV $$'", slow: 'run: sleep 30, time_limit: 1s', next: 'run: "true", needs: [code]' },
    late: 'run: "true"',
  }
  const out = await bundle(jobs, ['max_fails: 3'])
  for (const job of Object.keys(jobs)) sh(out, 'dist/task.sh', 'one', job)
  const ends = await Promise.all(Object.keys(jobs).map((job) => verify(out, job)))
  expect(ends.map((end) => (end.kind === 'whole' ? end.result.outcome : end))).toEqual([
    { kind: 'failed', exitCode: 201, signal: null },
    { kind: 'failed', exitCode: null, signal: 'SIGSEGV' },
    { kind: 'timeout' },
    { kind: 'open', why: "skipped: it needs 'code', which did not succeed" },
    { kind: 'open', why: 'cancelled: max_fails is 3' },
  ])
  rmSync(out, { recursive: true })
  const broken = await bundle({ a: 'run: "true"' }, [], '{build: "echo no compiler; exit 2"}')
  expect(sh(broken, 'dist/task.sh', 'one', 'a').stderr).toContain('nothing was built yet')
  expect(await verify(broken, 'a')).toEqual({ kind: 'open', why: 'it has not ended' })
  expect(sh(broken, 'dist/build.sh').status).toBe(2)
  sh(broken, 'dist/task.sh', 'one', 'a')
  expect(await verify(broken, 'a')).toMatchObject({
    result: { outcome: { kind: 'build_failed', reason: 'the build failed: no compiler' } },
  })
})

test('a job that succeeded is not run again, one that failed is, from the beginning', async () => {
  const out = await bundle({ a: 'run: "echo ran > distribute_save/x; [ -e /nowhere ] || [ -e ../../../switch ]"' })
  sh(out, 'dist/task.sh', 'one', 'a')
  expect(await verify(out, 'a')).toMatchObject({ result: { outcome: { kind: 'failed' } } })
  writeFileSync(folder.join('switch'), '')
  sh(out, 'dist/task.sh', 'one', 'a')
  expect(await verify(out, 'a')).toMatchObject({ result: { outcome: { kind: 'succeeded' } } })
  const before = readFileSync(join(out, 'a/status'), 'utf8')
  expect(sh(out, 'dist/task.sh', 'one', 'a').stderr).toContain('succeeded before')
  expect(readFileSync(join(out, 'a/status'), 'utf8')).toBe(before)
})

test('array tasks find their job by number and offset, also in long arrays', async () => {
  const out = await bundle(Object.fromEntries(['p', 'q', 'r'].map((name) => [name, 'run: "echo $DIST_JOB $DIST_CORES"'])), [
    'resources: {cores: 3}',
  ])
  const env = {
    PATH: process.env['PATH'] ?? '',
    SLURM_JOB_ID: '9',
    SLURM_ARRAY_JOB_ID: '8',
    SLURM_ARRAY_TASK_ID: '1',
    DIST_OFFSET: '2',
    SLURM_CPUS_PER_TASK: '3',
  }
  // a site's own file may use what is not set, and says where jobs run
  writeFileSync(join(out, 'site.sh'), `: $NOT_SET\nDIST_SCRATCH=${folder.join('scratch')}\nDIST_KEEP_WORK=1\n`)
  expect(spawnSync('sh', ['slurm_array_1.sl'], { cwd: out, env }).status).toBe(0)
  expect(readFileSync(join(out, 'r/stdout.txt'), 'utf8')).toBe('r 3\n')
  expect(readFileSync(join(out, 'r/status'), 'utf8')).toContain('execution 8.1.0\n')
  expect(readdirSync(folder.join('scratch'))).toEqual(['r'])
})

const harms: readonly (readonly [string, string, (job: string) => void])[] = [
  ['a changed byte', 'output/x is not what was written (SHA-256 differs)', (job) => writeFileSync(join(job, 'output/x'), 'DATA\n')],
  ['a cut file', 'output/x is not what was written (SHA-256 differs)', (job) => truncateSync(join(job, 'output/x'), 1)],
  ['a missing file', 'output/x is missing', (job) => rmSync(join(job, 'output/x'))],
  ['a missing empty folder', 'output/empty is missing', (job) => rmSync(join(job, 'output/empty'), { recursive: true })],
  ['an added file', 'output/new is not in its manifest', (job) => writeFileSync(join(job, 'output/new'), '')],
  ['changed output', 'stdout.txt is not what was written (SHA-256 differs)', (job) => writeFileSync(join(job, 'stdout.txt'), 'PRINTED')],
  ['no manifest', 'its manifest is missing', (job) => rmSync(join(job, 'manifest'))],
  ['a cut manifest', 'its manifest is not the one that was written', (job) => truncateSync(join(job, 'manifest'), 20)],
  [
    'a file that is gone from the manifest too',
    'its manifest is not the one that was written',
    (job) => {
      rmSync(join(job, 'output/x'))
      const lines = readFileSync(join(job, 'manifest'), 'utf8').split('\n')
      writeFileSync(join(job, 'manifest'), lines.filter((line) => !line.endsWith('=output/x')).join('\n'))
    },
  ],
  ['a cut status', 'status is not whole', (job) => truncateSync(join(job, 'status'), 30)],
  [
    'a link in a file’s place',
    'output/x is another kind of file now',
    (job) => {
      rmSync(join(job, 'output/x'))
      symlinkSync('/etc/hostname', join(job, 'output/x'))
    },
  ],
]

test('whatever is damaged on the way is found', async () => {
  const jobs = Object.fromEntries(
    harms.map((_, n) => [`j${n}`, 'run: "echo data > distribute_save/x; mkdir distribute_save/empty; echo printed"']),
  )
  const out = await bundle(jobs)
  for (const job of Object.keys(jobs)) sh(out, 'dist/task.sh', 'one', job)
  for (const [n, [what, problem, harm]] of harms.entries()) {
    expect((await verify(out, `j${n}`)).kind, what).toBe('whole')
    harm(join(out, `j${n}`))
    expect(await verify(out, `j${n}`), what).toEqual({ kind: 'damaged', problems: [problem] })
  }
  const dry = await runDist(['import', 'out', '--dry'], { cwd: folder.path })
  expect([dry.code, dry.stdout.split('\n')[0]]).toEqual([1, `n/b: 0 results whole, ${harms.length} damaged`])
})

test('a bundle is never written over anything, and a broken one is refused', async () => {
  const out = await bundle({ a: 'run: "true"' })
  const second = await runDist(['slurm', 'out'], { cwd: folder.path })
  expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('out is there already and not empty')])
  expect(readdirSync(folder.path).sort()).toEqual(['jobs.yaml', 'out'])
  writeFileSync(join(out, 'bundle.json'), '{"format":1,"jobs":[{"folder":"../x"}],"contents":{}}')
  const broken = await runDist(['import', 'out', '--dry'], { cwd: folder.path })
  expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('bundle.json is damaged')])
  expect((await runDist(['import', '.', '--dry'], { cwd: folder.path })).code).toBe(2)
})
