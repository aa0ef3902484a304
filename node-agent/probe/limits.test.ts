import { expect, test } from 'vitest'
import { python, pythonSays, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { probeLimits } from './limits.ts'

test('the agent and its keepers agree on whether memory can be limited', async () => {
  const work = temporaryFolder()
  const keeper = pythonSays(
    'import keeper_limits as l\nlimits = l.open_limits(sys.argv[1], 0)\nprint(limits and limits.source)\nlimits and limits.remove()',
    [work],
  )
  expect(String((await probeLimits(python, work)) ?? 'None')).toBe(keeper.trim())
})

test('an interpreter that does not work means no limits', async () => {
  expect(await probeLimits('/bin/false', temporaryFolder())).toBeNull()
})
