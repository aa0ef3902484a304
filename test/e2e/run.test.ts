// `dist run`: a jobset here without any server finds what it would find on a node, and leaves nothing but its results.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { skipOrFail } from '../support/needs.ts'
import { expectNoProcesses, processesOf } from '../support/processes.ts'
import { programArgv } from '../support/programs.ts'
import { buildTinyImage, containerPath, hasApptainer } from '../support/tiny-image.ts'
import { until } from '../support/until.ts'

let root: string
let head: Head | null = null
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dist-run-'))
  head = null
})
afterEach(async () => {
  await head?.stop()
  await expectNoProcesses(root, 10_000)
  rmSync(root, { recursive: true, force: true })
})

interface Running {
  readonly process: ChildProcess
  readonly output: () => string
  readonly ended: Promise<number | null>
}

/** `dist run` as a person without any head types it. */
function run(args: readonly string[], path = plainPath): Running {
  const [command, ...leading] = programArgv('cli')
  const child = spawn(command, [...leading, 'run', ...args], {
    cwd: root,
    env: { PATH: path, HOME: root },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)))
  return { process: child, output: () => text, ended: new Promise((resolve) => child.once('close', resolve)) }
}

/** Path below `folder` -> content, folders left out. */
function tree(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
  return Object.fromEntries(
    files.map((item) => [
      join(item.parentPath, item.name).slice(folder.length + 1),
      readFileSync(join(item.parentPath, item.name), 'utf8'),
    ]),
  )
}

const look = [
  'import os, sys',
  'names = sorted(k for k in os.environ if k.startswith(("DIST_", "OMP_", "PYTHON", "CUDA")))',
  'places = sorted(os.path.join(d, f)[2:] for d, _, fs in os.walk(".") for f in fs if "__pycache__" not in d)',
  'print(sys.argv[1:], names, places, os.environ["DIST_JOBSET"], os.environ["DIST_JOB"] if "DIST_JOB" in os.environ else "build")',
]

test('build and jobs find the same folders, environment and outcomes as on a node', async () => {
  const build = [...look, 'open("tool", "w").write("built")', 'open("distribute_save/build.log", "w").write("1")']
  const script = [
    ...look,
    'open("distribute_save/out.txt", "w").write(open("tool").read())',
    'sys.exit(3 if "DIST_PARAM_BAD" in os.environ else 0)',
  ]
  const file = writeJobset(join(root, 'jobs'), {
    ...{ batch: 'same', jobs: [], build: `${build.join('\n')}\n`, script: `${script.join('\n')}\n` },
    lines: ['resources: {cores: 1}', 'args: [x y]', 'env: {SEED: "7"}'],
  })
  const entry = (name: string, more: string) =>
    `    - {name: ${name}, file: same.py, required_files: [{path: same.py, alias: sub/in.py}]${more}}\n`
  const jobs =
    entry('good', ', params: {a: 1}') +
    entry('bad', ', params: {bad: true}, retries: {max: 1, on: [exit], backoff: 1ms}') +
    entry('never', ', needs: [bad]')
  writeFileSync(file, readFileSync(file, 'utf8') + jobs)

  const here = run([file, '--cores', '1'])
  expect(await here.ended, here.output()).toBe(1)
  head = await startHead()
  await startAgent(head, { flags: ['--cores', '1'] })
  const there = await distOk(head, ['add', file, '--pull', join(root, 'node')]).catch((error: Error) => error.message)
  const mine = tree(join(root, 'distribute-run/archived_files'))
  const nodes = tree(join(root, 'node/same'))
  const names = (files: Record<string, string>) =>
    Object.keys(files)
      .map((name) => name.replace(/build_output-.*/, 'build_output'))
      .sort()
  expect(names(mine)).toEqual(names(nodes))
  for (const name of ['good/stdout.txt', 'good/out.txt', 'bad/stdout.txt']) expect(mine[name]).toBe(nodes[name])
  expect(mine['good/stdout.txt']).toContain("['1', 'x y']")
  for (const text of [here.output(), there]) expect(text).toContain('1 × failed: exit code 3: bad')
  expect(here.output()).toContain("never: skipped: it needs 'bad', which did not succeed")
  expect(here.output()).toContain('bad, attempt 2')
  expect(readdirSync(join(root, 'distribute-run'))).toEqual(['archived_files'])
})

test('Ctrl-C stops everything, keeps what was finished and leaves nothing else', async () => {
  const script = 'import os, time\nprint("begun", os.environ["DIST_JOB"])\nif os.environ["DIST_JOB"] == "long": time.sleep(60)\n'
  const file = writeJobset(join(root, 'jobs'), { batch: 'stop', script, jobs: ['short', 'long'] })
  const here = run([file])
  await until('the long job prints', () => here.output().includes('long | begun long'), { within: 30_000 })
  expect(processesOf(root).some(({ command }) => command.includes('job.py'))).toBe(true)
  here.process.kill('SIGINT')
  expect(await here.ended, here.output()).toBe(130)
  await expectNoProcesses(root)
  expect(Object.keys(tree(join(root, 'distribute-run'))).filter((name) => !name.includes('build_output'))).toEqual([
    'archived_files/short/stdout.txt',
  ])
  expect(readdirSync(join(root, 'distribute-run'))).toEqual(['archived_files'])
})

test('verify_apptainer_execution, here: squares of each job, mounts that can be written', async (context) => {
  if (!hasApptainer()) skipOrFail(context, 'apptainer not installed')
  const app = [
    'read -r number < /input/input.txt; read -r hello < /input/hello.txt',
    'echo mounted > /dir1/x && echo mounted > /dir2/x',
    'echo "$((number * number))" > /distribute_save/simulated_output.txt; echo "$hello on $1"',
  ]
  const image = buildTinyImage(root, app)
  if (typeof image === 'string') return skipOrFail(context, image)
  mkdirSync(join(root, 'jobs'))
  const write = (name: string, data: string | Buffer) => writeFileSync(join(root, 'jobs', name), data)
  write('tool.sif', image)
  write('hello.txt', 'hello\n')
  write('1.txt', '10\n')
  write('2.txt', '15\n')
  const job = (n: number) => `    - {name: job_${n}, required_files: [{path: ${n}.txt, alias: input.txt}]}\n`
  const initialize = '  initialize: {sif: tool.sif, required_files: [{path: hello.txt}], required_mounts: [/dir1, /dir2]}\n'
  write(
    'jobs.yaml',
    `meta: {batch_name: squares, namespace: t, capabilities: [apptainer]}\napptainer:\n${initialize}  jobs:\n${job(1)}${job(2)}`,
  )
  const here = run([join(root, 'jobs/jobs.yaml'), '--save-dir', 'out'], `${containerPath}:/usr/sbin:/sbin`)
  expect(await here.ended, here.output()).toBe(0)
  const saved = tree(join(root, 'out/archived_files'))
  expect(saved['job_1/simulated_output.txt']).toBe('100\n')
  expect(saved['job_2/simulated_output.txt']).toBe('225\n')
  expect(saved['job_1/stdout.txt']).toMatch(/^hello on \d+\n$/)
}, 90_000)
