// Whatever happens to connections, machines, the store and the head: no job is lost, none is committed twice, everything
// ends, and what the head believes is what the rows say. `npm run faults -- --sim --seeds N` tells more stories.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tellStory } from './tell.ts'

const first = Number(process.env['DIST_SIM_SEED'] ?? 1)
const runs = Number(process.env['DIST_SIM_SEEDS'] ?? 40)
const steps = process.env['DIST_SIM_STEPS']

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] })
})

afterEach(() => {
  vi.useRealTimers()
})

test(
  'whatever happens, no job is lost, none is committed twice, everything ends and counters are the rows',
  async () => {
    const only = steps === undefined ? undefined : steps === 'none' ? [] : steps.split(',').map(Number)
    for (let seed = first; seed < first + runs; seed++) {
      const failure = await tellStory(seed, only)
      if (failure !== null) expect.fail(failure)
    }
  },
  300_000 + runs * 5000,
)
