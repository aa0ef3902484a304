// What every command shows, at 80 and at 200 columns, kept beside in a file each. Made anew, and then read, with:
//   npx vitest run --project unit cli/screens --update
// The same command lines are run into pipes, with NO_COLOR and with --json: no escape codes, and the JSON is what it is
// declared to be.
import { afterEach, expect, test } from 'vitest'
import { showChecks } from '../commands/doctor.ts'
import { Context } from '../context.ts'
import { leaves } from '../document/page.ts'
import { shapes } from '../document/shapes.ts'
import { buildProgram } from '../program/program.ts'
import { jobsetProgress } from '../render/jobset-progress.ts'
import { textWidth } from '../render/text-width.ts'
import { FakeHead } from '../test-support/fake-head.ts'
import { jobsetReply, noCounts } from '../test-support/fake-state.ts'
import { type DistRun, plain, runDist, TestFolder } from '../test-support/run-dist.ts'
import { now, setScene } from '../test-support/scene.ts'
import { screenCases, withoutScreen } from './cases.ts'
import type { ScreenCase } from './screen-case.ts'
import { searchesBeside } from './search-cases.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Way {
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
}

/** Each command line of the case on a fresh head; what is different every time is replaced. */
async function runCase({ runs, prepare }: ScreenCase, way: Way): Promise<(DistRun & { readonly argv: readonly string[] })[]> {
  const done: (DistRun & { readonly argv: readonly string[] })[] = []
  for (const argv of runs) {
    const [head, folder] = [await FakeHead.start(), new TestFolder()]
    cleanups.push(
      () => head.close(),
      () => folder.remove(),
    )
    setScene(head)
    await prepare?.(head, folder)
    const env = { DIST_HEAD: head.url, DIST_TOKEN: head.token, TZ: 'UTC', ...way.env }
    const run = await runDist([...argv, ...(way.flags ?? [])], {
      cwd: folder.path,
      env: argv[0] === 'login' || argv[0] === 'logout' ? { TZ: 'UTC', ...way.env } : env,
      now,
      ...(way.columns === undefined ? {} : { columns: way.columns }),
    })
    const fixed = (text: string): string => text.replaceAll(folder.path, '/home/anna').replaceAll(new URL(head.url).host, '127.0.0.1:12345')
    done.push({ argv, code: run.code, stdout: fixed(run.stdout), stderr: fixed(run.stderr) })
  }
  return done
}

/** What a person sees in the end: progress that was drawn over is gone. */
function seen(text: string): string {
  return plain(text)
    .split('\n')
    .map((line) => line.split('\r').at(-1) ?? '')
    .join('\n')
}

function screen(runs: Awaited<ReturnType<typeof runCase>>): string {
  const parts = runs.map(({ argv, code, stdout, stderr }) => {
    const notes = seen(stderr) === '' ? '' : `-- stderr\n${seen(stderr)}`
    return `$ dist ${argv.join(' ')}\n${seen(stdout)}${notes}-- exit status ${code}\n`
  })
  return `${parts.join('\n')}\n`
}

function titled(columns: number, more = ''): string {
  return `${'='.repeat(columns)} ${columns} columns${more}\n`
}

/** Tables and lists fit the terminal; a sentence, a script or what a job wrote is left to the terminal. */
const fits = [
  'status',
  'jobs',
  'show',
  'top',
  'nodes',
  'node show',
  'token list',
  'wait',
  'kill',
  'retry',
  'results',
  'search show',
  'search beside others',
]

test.each([...screenCases, searchesBeside])('dist $command', async (one) => {
  const screens: string[] = []
  for (const columns of [80, 200]) {
    const runs = await runCase(one, { columns })
    screens.push(screen(runs))
    if (!fits.includes(one.command)) continue
    for (const { stdout } of runs) for (const line of seen(stdout).split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(columns)
  }
  const [narrow = '', wide = ''] = screens
  const kept = narrow === wide ? `${titled(80, ', and the same at 200')}${narrow}` : `${titled(80)}${narrow}${titled(200)}${wide}`
  await expect(kept).toMatchFileSnapshot(`${one.command.replaceAll(' ', '-')}.txt`)
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const escapeCode = /[\u001b\u009b]/

test.each(screenCases)('dist $command has no escape codes in a pipe, with NO_COLOR or with --json', async (one) => {
  const ways: readonly Way[] = [
    {},
    { columns: 80, env: { NO_COLOR: '1' } },
    { columns: 80, flags: ['--no-color'] },
    { columns: 80, flags: ['--json'] },
  ]
  for (const way of ways) {
    for (const { argv, stdout, stderr } of await runCase(one, way)) {
      expect([argv, stdout.match(escapeCode), stderr.match(escapeCode)]).toEqual([argv, null, null])
    }
  }
})

test.each(screenCases)('dist $command --json is of its declared shape, and nothing else is printed', async (one) => {
  const { shape, lines } = shapes[one.command] ?? {}
  for (const { argv, code, stdout, stderr } of await runCase(one, { flags: ['--json'] })) {
    if (stdout === '') {
      // where each line is a value there may be none
      expect([argv, code === 0]).toEqual([argv, lines === true && code === 0])
      continue
    }
    const texts = lines === true ? stdout.trimEnd().split('\n') : [stdout]
    for (const text of texts) {
      const value: unknown = JSON.parse(text)
      // a field that is not declared would be missing in what comes back
      expect(shape?.parse(value), argv.join(' ')).toEqual(value)
    }
    if (code === 0) expect(stderr).toBe('')
  }
})

test.each(screenCases)('dist $command --quiet says nothing beside its answer', async (one) => {
  for (const { code, stderr } of await runCase(one, { columns: 80, flags: ['--quiet'] }))
    if (code === 0) expect(plain(stderr)).not.toMatch(/^(?!warning:| {9})./m)
})

test.each(screenCases)('dist $command says of an error what it is and what to do, a line each, also in JSON', async (one) => {
  for (const { stderr } of await runCase(one, {})) {
    if (!stderr.includes('dist: ')) continue
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/^dist: \S/), expect.stringMatching(/^ {6}\S/)])
  }
  for (const { stdout, stderr } of await runCase(one, { flags: ['--json'] })) {
    if (stdout !== '' || stderr.startsWith('warning:')) continue
    expect(JSON.parse(stderr)).toEqual({ error: { code: expect.any(String), message: expect.any(String), hint: expect.any(String) } })
  }
})

test('every command has a screen, or a reason for having none', () => {
  const output = { columns: null, write: () => undefined, flush: () => Promise.resolve() }
  const program = buildProgram(
    { stdout: output, stderr: output, env: {}, cwd: '/', signal: new AbortController().signal },
    async () => undefined,
  )
  const commands = leaves(program).map(({ words }) => words)
  expect([...screenCases.map(({ command }) => command), ...Object.keys(withoutScreen)].sort()).toEqual(commands.sort())
})

test.each([80, 200])('dist doctor at %i columns', async (columns) => {
  let text = ''
  const write = (data: string | Uint8Array): void => {
    text += String(data)
  }
  const output = { columns, write, flush: () => Promise.resolve() }
  const context = new Context({ stdout: output, stderr: output, env: {}, cwd: '/', signal: new AbortController().signal }, {})
  const code = showChecks(context, [
    { name: 'head', level: 'ok', message: 'http://lab-head:8952 answers in 3 ms' },
    {
      name: 'clock',
      level: 'problem',
      message: 'this clock is 5m00s ahead of that of the head',
      hint: 'set one of them, with timedatectl set-ntp true',
    },
    { name: 'keeper', level: 'warning', message: 'no python3 here: jobs run without limits of memory', hint: 'apt install python3' },
  ])
  await expect(`${plain(text)}-- exit status ${code}\n`).toMatchFileSnapshot(`doctor-${columns}.txt`)
})

test('progress bars of jobsets in every state', async () => {
  const head = await FakeHead.start()
  cleanups.push(() => head.close())
  setScene(head)
  let text = ''
  for (const columns of [40, 80, 200, null]) {
    text += `${columns ?? 'no terminal'}\n`
    for (const jobset of head.state.jobsets) text += `${jobsetProgress(jobset, columns, 83_000, { LANG: 'C.UTF-8' }).line}\n`
    const fresh = { ...jobsetReply({ batch: 'new', jobs: 3 }), counts: { ...noCounts, ready: 3 } }
    text += `${jobsetProgress(fresh, columns, 5000, { LANG: 'C' }, ['lab1', 'lab2', 'lab3']).line}\n\n`
  }
  await expect(text).toMatchFileSnapshot('progress-bars.txt')
})

test('the help of the program and of a group of commands', async () => {
  let text = ''
  for (const columns of [80, 200])
    for (const argv of [['--help'], ['node', '--help'], ['release', '--help']])
      text += `${'='.repeat(columns)}\n$ dist ${argv.join(' ')}\n${plain((await runDist(argv, { cwd: '/', columns })).stdout)}\n`
  await expect(text).toMatchFileSnapshot('help.txt')
})
