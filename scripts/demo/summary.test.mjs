import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { summaryTable } from './summary.mjs'

test('every job has a row with node, time, outcome and files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-summary-'))
  try {
    mkdirSync(join(folder, 'good'))
    writeFileSync(join(folder, 'good', 'b.csv'), 'x'.repeat(2000))
    writeFileSync(join(folder, 'good', 'a.txt'), '')
    const jobs = [
      { name: 'good', node: 'node-a', usage: { wallSeconds: 1.234 }, state: 'succeeded', outcome: { kind: 'succeeded' } },
      {
        name: 'bad',
        node: 'node-b',
        usage: { wallSeconds: 12 },
        state: 'failed',
        outcome: { kind: 'failed', exitCode: null, signal: 'SIGSEGV' },
      },
      { name: 'worse', node: null, usage: null, state: 'cancelled', outcome: null },
    ]
    expect(summaryTable(jobs, folder)).toEqual([
      '  job     node        time   outcome           files',
      '  good    node-a    1.23 s   succeeded         a.txt, b.csv (2 KiB)',
      '  bad     node-b   12.00 s   failed: SIGSEGV   none',
      '  worse   -              -   cancelled         none',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
