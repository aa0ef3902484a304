// examples/ca3-like: optuna finds weights for the target rates, and two ranks fire the same spikes as one.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchtoolsPython, hasBatchtools } from '../../scripts/setup/batchtools.mjs'
import { hasOptimisers, suggestPython } from '../../scripts/setup/suggest.mjs'
import type { JobsetReply, TrialReply } from '../../shared/api/types.ts'
import { plain } from '../../shared/model/value.ts'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { needs, skipOrFail } from '../support/needs.ts'
import { root } from '../support/programs.ts'

const folder = join(root, 'examples/ca3-like')
const within = 240_000
/** Debian's MPICH has no name that NEURON looks for */
const mpich = '/usr/lib/x86_64-linux-gnu/libmpich.so.12'

let head: Head
beforeAll(async () => {
  head = await startHead({ flags: ['--python', suggestPython] })
  const env = { PATH: `${dirname(batchtoolsPython.newest)}:${plainPath}`, ...(existsSync(mpich) ? { MPI_LIB_NRN_PATH: mpich } : {}) }
  await startAgent(head, { cores: 4, flags: ['--slots', '4'], capabilities: ['neuron', 'mpi'], env })
})
afterAll(() => head?.stop())

async function trialsOf(batch: string): Promise<readonly TrialReply[]> {
  const { jobsets } = await head.api<{ jobsets: JobsetReply[] }>('GET', `/jobsets?namespace=examples&batch=${batch}`)
  const id = jobsets[0]?.id
  return (await head.api<{ trials: TrialReply[] }>('GET', `/jobsets/${id}/search/trials`)).trials
}

interface Report {
  readonly ranks: number
  readonly PYR: number
  readonly BC: number
}

/** The network in one process, with these weights. */
function runAlone(weights: readonly (readonly [string, unknown])[]): Report {
  const input = join(head.root, 'alone')
  mkdirSync(input)
  writeFileSync(join(input, 'params.json'), JSON.stringify(Object.fromEntries(weights)))
  const env = { PATH: plainPath, DIST_INPUT_DIR: input, DIST_SAVE_DIR: input }
  execFileSync(batchtoolsPython.newest, [join(folder, 'network.py')], { env, stdio: 'ignore' })
  return JSON.parse(readFileSync(join(input, 'results.json'), 'utf8')) as Report
}

test('optuna finds weights with which both kinds fire at their rates', async (context) => {
  if (!hasBatchtools('newest') || !hasOptimisers()) skipOrFail(context, 'NEURON or optuna not installed')
  await distOk(head, ['add', join(folder, 'jobs.yaml'), '--wait'], { within })
  const trials = await trialsOf('ca3_like')
  expect(trials.map(({ state }) => state)).toEqual(Array.from({ length: 24 }, () => 'reported'))
  const losses = trials.map(({ values }) => values?.[0] ?? Number.NaN)
  // rates are off by three spikes a second, or less
  expect(Math.min(...losses)).toBeLessThan(10)
  expect(Math.min(...losses)).toBeLessThan(Math.min(...losses.slice(0, 4)))
})

test('over two ranks it is the same network', async (context) => {
  if (!hasBatchtools('newest')) skipOrFail(context, 'NEURON not installed')
  needs(context, 'mpiexec')
  await distOk(head, ['add', join(folder, 'mpi.yaml'), '--wait'], { within })
  const [trial] = await trialsOf('ca3_like_mpi')
  expect(trial?.state).toBe('reported')
  const { ranks, PYR, BC } = JSON.parse(trial?.report?.text ?? '{}') as Report
  const alone = runAlone(trial?.params?.map(([name, value]) => [name, plain(value)]) ?? [])
  expect([ranks, alone.ranks, PYR, BC]).toEqual([2, 1, alone.PYR, alone.BC])
  expect(PYR).toBeGreaterThan(1)
})
