// Whatever happens to connections, machines, the store and the head: no job is lost, none is committed twice, everything
// ends, and what the head believes is what the rows say. `DIST_SIM_SEED=n` repeats one story, `DIST_SIM_RUNS=n` tells n.
import { afterEach, beforeEach, test, vi } from 'vitest'
import { story } from './story.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] })
})

afterEach(() => {
  vi.useRealTimers()
})

test('whatever happens, no job is lost, none is committed twice, everything ends and counters are the rows', async () => {
  const one = process.env['DIST_SIM_SEED']
  const runs = Number(process.env['DIST_SIM_RUNS'] ?? 40)
  if (one !== undefined) await story(Number(one))
  else for (let seed = 1; seed <= runs; seed++) await story(seed)
}, 300_000)
