import { expect, test } from 'vitest'
import type { Look } from './members.ts'
import type { ProcessFacts } from './processes.ts'
import { childrenTimes, Usage } from './usage.ts'

/** A process that is not there, so that no memory is read; times in ticks of 10 ms. */
const at = (pid: number, user: number, childrenUser = 0): ProcessFacts => ({
  pid: 1e9 + pid,
  state: 'S',
  parent: 0,
  group: 0,
  session: 0,
  started: 0,
  user,
  system: 1,
  childrenUser,
  childrenSystem: 0,
})
const leader = 1e9
const look = (present: readonly ProcessFacts[], gone: Look['gone'] = []): Look => ({ present, gone, unsteady: false })

/** What is reported after these looks, the last of them when the leader was waited for. */
function used(...looks: readonly Look[]) {
  const left = [...looks]
  const usage = new Usage({ look: () => left.shift() ?? look([]) }, leader, childrenTimes())
  for (let i = 1; i < looks.length; i++) usage.sample()
  return usage.end()
}

test('a child that was killed with its parent counts as it was seen', () => {
  const child = at(1, 100)
  expect(used(look([at(0, 5), child]), look([], [{ facts: child, orphan: false }]))).toMatchObject({ user: 1_050_000, system: 20_000 })
})

test('a child that its parent waited for counts once', () => {
  const child = at(1, 100)
  expect(used(look([at(0, 0), child]), look([at(0, 0, 100)], [{ facts: child, orphan: false }]), look([])).user).toBe(1_000_000)
})

test('an orphan counts as it was last seen, beside what comes after it', () => {
  const orphan = at(1, 100)
  const looks = [look([at(0, 0), orphan]), look([at(0, 30)], [{ facts: orphan, orphan: true }]), look([])]
  expect(used(...looks).user).toBe(1_300_000)
})

test('what is left when the leader has ended counts as it is', () => {
  expect(used(look([at(0, 0), at(1, 10)]), look([at(1, 200), at(2, 50)])).user).toBe(2_500_000)
})
