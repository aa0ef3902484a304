// A sweep of 625 trials on two nodes while head and agents are killed: 625 results, the table complete, and each trial ran
// once, for no job died: keepers outlive their agent, and the head never gives a trial to two nodes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { SearchReply } from '../../shared/api/types.ts'
import { Random } from '../sim/random.ts'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { ended, findJobset } from '../support/jobset-state.ts'
import { until } from '../support/until.ts'

const kills = 12
const values = [0, 1, 2, 3, 4]
const trials = values.length ** 4

let head: Head | undefined
afterEach(async () => {
  await head?.stop()
  head = undefined
})

test('625 trials under kills of head and agents: a result of each, each run once, the csv complete', async () => {
  head = await startHead()
  const agents = [
    await startAgent(head, { name: 'alpha', cores: 2, flags: ['--slots', '2'] }),
    await startAgent(head, { name: 'beta', cores: 2, flags: ['--slots', '2'] }),
  ]
  const { file, runs } = writeSearch(join(head.root, 'jobs'))
  await distOk(head, ['add', file])
  const { id } = await findJobset(head, 'sweep')
  const random = new Random(Number(process.env['DIST_STORM_SEED'] ?? 1))
  const died = { head: 0, agent: 0 }
  for (let kill = 1; kill <= kills; kill++) {
    const wanted = Math.floor((trials * kill) / (kills + 2))
    await until(`${wanted} trials ran`, () => runsIn(runs).length >= wanted, { within: 120_000, every: 10, report: head.report })
    const victim = random.pick([head, head, ...agents]) ?? head
    died[victim === head ? 'head' : 'agent']++
    await victim.kill('SIGKILL')
    await victim.restart()
  }
  expect(await ended(head, 'sweep')).toMatchObject({ state: 'succeeded', jobs: trials })
  const search = await head.api<SearchReply>('GET', `/jobsets/${id}/search`)
  expect(search).toMatchObject({ state: 'done', reason: 'complete', total: trials, open: 0 })
  expect(search.counts.reported).toBe(trials)
  expect(runsIn(runs).sort()).toEqual(Array.from({ length: trials }, (_, trial) => `search_${String(trial).padStart(5, '0')}`))
  expectWhole(await distOk(head, ['results', 'test/sweep', '--csv']))
  console.log(`search storm: the head was killed ${died.head} times, agents ${died.agent} times`)
}, 600_000)

/** One line for each start of a trial, by whoever started it. */
function runsIn(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}

function expectWhole(csv: string): void {
  const [header = '', ...rows] = csv.trimEnd().split('\r\n')
  const columns = header.split(',')
  const at = (row: readonly string[], name: string): number => Number(row[columns.indexOf(name)])
  const seen = rows.map((line) => {
    const row = line.split(',')
    const x = values.slice(0, 4).map((_, i) => at(row, `config/x.${i}`))
    expect(at(row, 'loss')).toBe(rosenbrock(x))
    return x.join()
  })
  expect(seen).toEqual(grid())
}

function rosenbrock(x: readonly number[]): number {
  return x.slice(1).reduce((sum, b, i) => sum + 100 * (b - (x[i] ?? 0) ** 2) ** 2 + (1 - (x[i] ?? 0)) ** 2, 0)
}

/** In the document's order: the last parameter changes fastest. */
function grid(): readonly string[] {
  return values.flatMap((a) => values.flatMap((b) => values.flatMap((c) => values.map((d) => [a, b, c, d].join()))))
}

function writeSearch(folder: string): { readonly file: string; readonly runs: string } {
  mkdirSync(folder)
  const runs = join(folder, 'runs.log')
  writeFileSync(runs, '')
  writeFileSync(
    join(folder, 'run.sh'),
    [
      // one write of one line: O_APPEND keeps them apart
      `echo "$1" >> '${runs}'`,
      'sleep 0.02',
      'echo "$2 $3 $4 $5" | awk \'{',
      '  for (i = 1; i < 4; i++) loss += 100 * ($(i + 1) - $i * $i) ^ 2 + (1 - $i) ^ 2',
      '  printf "{\\"loss\\": %d}", loss',
      "}' > distribute_save/results.json",
      '',
    ].join('\n'),
  )
  const file = join(folder, 'sweep.yaml')
  writeFileSync(
    file,
    [
      'meta: {batch_name: sweep, namespace: test}',
      'shell:',
      '  initialize: {required_files: [{path: run.sh}]}',
      'search:',
      '  command: sh input/run.sh "$DIST_JOB" {{x.0}} {{x.1}} {{x.2}} {{x.3}}',
      `  params: {${[0, 1, 2, 3].map((i) => `x.${i}: {range: ${values.length}}`).join(', ')}}`,
      '  max_concurrent: 12',
      '',
    ].join('\n'),
  )
  return { file, runs }
}
