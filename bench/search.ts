// What a search costs beside the same work without one, alternating in the same minutes; medians of the rounds.
// - N trials of a command that takes 10 ms, against N plain jobs of it on the same head and agent.
// - 40 trials of a script of batchtk, two at a time, against its bare processes, two at a time (`xargs -P2`).
//   npx tsx bench/search.ts [--trials 2000] [--rounds 3] [--slots 2] [--write]
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { batchtoolsPython, hasBatchtools } from '../scripts/setup/batchtools.mjs'
import { startAgent } from '../test/support/agent.ts'
import { startHead } from '../test/support/head.ts'
import { median } from './cpu.ts'
import { runJobset } from './run-jobset.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({
  options: { trials: { type: 'string' }, rounds: { type: 'string' }, slots: { type: 'string' }, write: { type: 'boolean' } },
})
const trials = Number(values.trials ?? 2000)
const rounds = Number(values.rounds ?? 3)
const slots = Number(values.slots ?? 2)
const scripts = 40

/** Reports by whatever it finds: a socket in a trial, nothing when it runs bare. */
const script = `import json
from batchtk.runtk.runners import get_class
runner = get_class()()
x = runner.get_mappings()['x']
runner.connect()
runner.send(json.dumps({'x': x, 'loss': x * x}))
runner.close()
`

const head = await startHead()
try {
  await startAgent(head, { name: 'bench', cores: slots, env: { PATH: '/usr/bin:/bin' } })
  const folder = join(head.root, 'jobs')
  mkdirSync(folder, { recursive: true })
  await run('warm_up', plainJobs(200))
  const measured: { plain: number; search: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const plain = await run(`plain_${round}`, plainJobs(trials))
    const search = await run(`search_${round}`, searchOf(trials))
    measured.push({ plain, search })
    console.log(`round ${round + 1}: plain ${rate(plain)}/s, search ${rate(search)}/s, ratio ${(search / plain).toFixed(3)}`)
  }
  const batchtk = hasBatchtools() ? await besideBare() : null
  const result = {
    bench: 'search',
    trials,
    rounds,
    slots,
    plainRate: rate(median(measured.map(({ plain }) => plain))),
    searchRate: rate(median(measured.map(({ search }) => search))),
    ratio: Number(median(measured.map(({ plain, search }) => search / plain)).toFixed(3)),
    batchtk,
  }
  console.log(JSON.stringify(result, null, 2))
  if (values.write === true) writeResult(result)

  async function besideBare(): Promise<{ readonly bareMs: number; readonly searchMs: number; readonly ratio: number }> {
    writeFileSync(join(folder, 'run.py'), script)
    const command = `${batchtoolsPython.newest} run.py`
    const rows: { bare: number; search: number }[] = []
    for (let round = 0; round < rounds; round++) {
      const start = performance.now()
      const { status, stderr } = spawnSync('sh', ['-c', `seq ${scripts} | xargs -P2 -I{} env 'FLOATRUNTK0=x*=1.5' ${command}`], {
        cwd: folder,
      })
      if (status !== 0) throw new Error(`the bare processes failed: ${stderr}`)
      const bare = performance.now() - start
      const search = await run(`batchtk_${round}`, batchtkSearch(`cd input && ${command}`))
      rows.push({ bare, search })
      console.log(`batchtk, round ${round + 1}: bare ${bare.toFixed()} ms, search ${search} ms, ratio ${(search / bare).toFixed(3)}`)
    }
    return {
      bareMs: Math.round(median(rows.map(({ bare }) => bare))),
      searchMs: Math.round(median(rows.map(({ search }) => search))),
      ratio: Number(median(rows.map(({ bare, search }) => search / bare)).toFixed(3)),
    }
  }

  /** ms from the first start to the last commit. */
  async function run(batch: string, lines: readonly string[]): Promise<number> {
    const file = join(folder, `${batch}.yaml`)
    writeFileSync(file, [`meta: {batch_name: ${batch}, namespace: bench}`, 'resources: {cores: 1}', ...lines, ''].join('\n'))
    const { startedAt, finishedAt } = await runJobset(head, file, batch)
    return finishedAt - startedAt
  }
} finally {
  await head.stop()
}

function plainJobs(count: number): readonly string[] {
  return [
    'shell:',
    '  jobs:',
    ...Array.from({ length: count }, (_, i) => `    - {name: j${i}, run: "sleep 0.01; echo DIST_METRIC loss=${i}"}`),
  ]
}

function searchOf(count: number): readonly string[] {
  return [
    'shell:',
    'search:',
    '  command: "sleep 0.01; echo DIST_METRIC loss={{x}}"',
    `  params: {x: {range: ${count}}}`,
    '  algorithm: grid',
    '  max_concurrent: 200',
  ]
}

function batchtkSearch(command: string): readonly string[] {
  return [
    'shell:',
    '  initialize: {required_files: [{path: run.py}]}',
    'search:',
    `  command: ${command}`,
    '  params: {x: {linspace: [0, 1, 40]}}',
    '  algorithm: grid',
    '  max_concurrent: 2',
    '  comm_type: socket',
    '  batchtk: {keys: none}',
  ]
}

function rate(ms: number): number {
  return Math.round((trials * 1000) / ms)
}
