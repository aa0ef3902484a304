// What a slow disk costs: N empty jobs through head and agent as they are, and through others on whose disk every sync
// takes longer (a preloaded library, test/support/fault-shim.c), alternating in the same minutes. Medians of the rounds.
//   npx tsx bench/slow-disk.ts [--jobs 1000] [--rounds 3] [--ms 5] [--kind python|shell] [--write]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startAgent } from '../test/support/agent.ts'
import { compileShim, slowDisk } from '../test/support/fault-shim.ts'
import { type Head, startHead } from '../test/support/head.ts'
import { median } from './cpu.ts'
import { type EmptyJob, runEmptyJobs } from './empty-jobs.ts'
import { writeResult } from './write-result.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { jobs: text, rounds: text, ms: text, kind: text, write: { type: 'boolean' } } })
const jobs = Number(values.jobs ?? 1000)
const rounds = Number(values.rounds ?? 3)
const ms = Number(values.ms ?? 5)
const kind: EmptyJob = values.kind === 'shell' ? 'shell' : 'python'

const folder = mkdtempSync(join(tmpdir(), 'dist-slow-'))
const heads: Head[] = []
try {
  const slow = slowDisk(compileShim(folder), ms)
  const quick = await cluster({})
  const late = await cluster(slow)
  const seen: Record<'quick' | 'slow', { committed: number; placed: number }[]> = { quick: [], slow: [] }
  for (const head of [quick, late]) await runEmptyJobs(head, join(head.root, 'jobs'), 'warm_up', 300, kind)
  for (let round = 0; round < rounds; round++) {
    seen.quick.push(await runEmptyJobs(quick, join(quick.root, 'jobs'), `round_${round}`, jobs, kind))
    seen.slow.push(await runEmptyJobs(late, join(late.root, 'jobs'), `round_${round}`, jobs, kind))
    console.log(`round ${round + 1}: ${rate(seen.quick[round]?.committed)}/s, with ${ms} ms a sync ${rate(seen.slow[round]?.committed)}/s`)
  }
  const middle = (list: readonly { committed: number; placed: number }[], key: 'committed' | 'placed') =>
    median(list.map((one) => one[key]))
  const result = {
    bench: 'slow-disk',
    kind,
    jobs,
    rounds,
    syncMs: ms,
    rate: rate(middle(seen.quick, 'committed')),
    slowRate: rate(middle(seen.slow, 'committed')),
    ratio: Number((middle(seen.slow, 'committed') / middle(seen.quick, 'committed')).toFixed(3)),
    ratioPlaced: Number((middle(seen.slow, 'placed') / middle(seen.quick, 'placed')).toFixed(3)),
  }
  console.log(JSON.stringify(result, null, 2))
  if (values.write === true) writeResult(result)
} finally {
  for (const head of heads) await head.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function cluster(env: Readonly<Record<string, string>>): Promise<Head> {
  const head = await startHead({ env })
  heads.push(head)
  await startAgent(head, { name: 'bench', cores: 1, env: { PATH: '/usr/bin:/bin', ...env } })
  return head
}

function rate(took = Number.NaN): number {
  return Math.round((jobs * 1000) / took)
}
