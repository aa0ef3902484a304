// A search that is stopped, run again and extended by the command line, with real programs; its results followed meanwhile.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { until } from '../support/until.ts'

let head: Head
const jobset = 'test/gated'

beforeAll(async () => {
  head = await startHead()
  await startAgent(head, { name: 'node-a', cores: 2, flags: ['--slots', '2'] })
  const folder = join(head.root, 'jobs')
  mkdirSync(folder)
  // a trial ends when there is a file of its number
  const wait = `while [ ! -e '${head.root}'/go-$DIST_PARAM_X ]; do sleep 0.05; done; [ $DIST_PARAM_X != 2 ] || exit 3; echo "DIST_METRIC loss=$DIST_PARAM_X.5"`
  const search = `search:\n  command: |\n    ${wait}\n  params: {x: {range: 6}}\n  max_concurrent: 2\n`
  writeFileSync(join(folder, 'gated.yaml'), `meta: {batch_name: gated, namespace: test}\nshell:\n${search}`)
  await distOk(head, ['add', join(folder, 'gated.yaml')])
})
afterAll(() => head?.stop())

const go = (trial: number): void => writeFileSync(join(head.root, `go-${trial}`), '')

async function states(): Promise<Readonly<Record<string, string>>> {
  const table = await distOk(head, ['results', jobset])
  return Object.fromEntries([...table.matchAll(/^ *(\d+) {2}(\w+)/gm)].map(([, trial, state]) => [trial, state]))
}

const show = async (): Promise<string> => distOk(head, ['search', 'show', jobset])

test('a file follows a search over its stop, its retry and its extension', async () => {
  const watched = dist(head, ['results', jobset, '--watch', '--output', 'live.csv'], { within: 60_000 })
  await until('two trials run', async () => Object.values(await states()).filter((state) => state === 'running').length === 2, {
    report: head.report,
  })
  go(0)
  await until(
    'the file has the first one',
    async () => existsSync(join(head.root, 'live.csv')) && readFileSync(join(head.root, 'live.csv'), 'utf8').includes('search_00000'),
    { report: head.report },
  )
  go(2)
  await until('trial 2 failed', async () => (await states())['2'] === 'failed', { report: head.report })
  expect(await distOk(head, ['search', 'stop', jobset])).toContain('trials at work will end and count')
  expect(await show()).toMatch(/state +closing: it was stopped/)
  await distOk(head, ['search', 'stop', jobset, '--cancel'])
  await until('it is done', async () => /state +done: it was stopped/.test(await show()), { report: head.report })
  expect((await watched).code).toBe(0)
  const lines = readFileSync(join(head.root, 'live.csv'), 'utf8').trimEnd().split('\r\n')
  expect(lines).toEqual([
    'trial_label,trial_path,config/x,loss',
    'search_00000,gated/search_00000,0,0.5',
    'search_00001,gated/search_00001,1,',
    'search_00002,gated/search_00002,2,',
    'search_00003,gated/search_00003,3,',
  ])
  expect(await states()).toEqual({ 0: 'reported', 1: 'cancelled', 2: 'failed', 3: 'cancelled' })

  for (const trial of [1, 3, 4, 5]) go(trial)
  expect(await distOk(head, ['search', 'retry', jobset, '--failed'])).toContain('3 trials will run again')
  // a search that is opened again goes on to its end, though it was stopped
  await until('they have ended', async () => /state +done/.test(await show()), { report: head.report })
  expect(await states()).toEqual({ 0: 'reported', 1: 'reported', 2: 'failed', 3: 'reported', 4: 'reported', 5: 'reported' })
  expect(await distOk(head, ['search', 'extend', jobset, '--num-samples', '+1'])).toContain('12 trials in all')
  await until('the rest has ended', async () => /state +done/.test(await show()), { report: head.report })
  const rows = (await distOk(head, ['results', jobset, '--json', '--where', "state == 'reported'"])).trimEnd().split('\n')
  expect(rows.map((line) => (JSON.parse(line) as { metrics: { loss: number } }).metrics.loss)).toEqual([
    0.5, 1.5, 3.5, 4.5, 5.5, 0.5, 1.5, 3.5, 4.5, 5.5,
  ])
}, 120_000)
