// The benches of a test file: each test has a folder of its own, in which its heads follow each other, and all end with it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { type BenchOptions, openBench, type SearchBench, sweep } from './test-support.ts'

/** Called once at the top of a file; what it answers opens a head on the test's folder. */
export function benches(): (options?: BenchOptions) => SearchBench {
  let folder = ''
  const opened: SearchBench[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dist-search-'))
  })
  afterEach(() => {
    for (const bench of opened.splice(0)) bench.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return (options) => {
    const bench = openBench(folder, options)
    opened.push(bench)
    return bench
  }
}

export const trialsOf = (bench: SearchBench) => bench.searches.trials(sweep, { after: -1, limit: 100 }).trials
export const statesOf = (bench: SearchBench) => trialsOf(bench).map(({ state }) => state)
