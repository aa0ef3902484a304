import { expect, test } from 'vitest'
import { affinityOf, chooseCpus, parseCpuList, physicalCores } from './cpus.ts'

/** Four cores with two threads each, numbered as x86 does: 0 and 4 are one core. */
const smt = (path: string) => {
  const cpu = Number(/cpu(\d+)\/topology/.exec(path)?.[1])
  return `${cpu % 4},${(cpu % 4) + 4}\n`
}
const none: ReadonlySet<number> = new Set()

test.each([
  ['0', [0]],
  ['0-3,6', [0, 1, 2, 3, 6]],
  ['6, 0-1\n', [0, 1, 6]],
  ['3-1', null],
  ['', null],
  ['a', null],
])('the list %j', (text, cpus) => {
  expect(parseCpuList(text)).toEqual(cpus)
})

test('the mask of a process is read from its status', () => {
  expect(affinityOf(7, (path) => (path === '/proc/7/status' ? 'Name:\tx\nCpus_allowed:\tf\nCpus_allowed_list:\t0-2,5\n' : null))).toEqual([
    0, 1, 2, 5,
  ])
  expect(affinityOf(7, () => null)).toBeNull()
  expect(affinityOf('self')?.length).toBeGreaterThan(0)
})

test('threads of a core belong together, also when the mask has holes', () => {
  expect(physicalCores([0, 1, 2, 3, 4, 5, 6, 7], smt)).toEqual([
    [0, 4],
    [1, 5],
    [2, 6],
    [3, 7],
  ])
  expect(physicalCores([1, 3, 4, 5, 7], smt)).toEqual([[1, 5], [3, 7], [4]])
  expect(physicalCores([2, 9], () => null)).toEqual([[2], [9]])
})

test('a job gets whole cores first', () => {
  const cores = physicalCores([0, 1, 2, 3, 4, 5, 6, 7], smt)
  expect(chooseCpus(cores, none, 4)).toEqual([0, 1, 4, 5])
  expect(chooseCpus(cores, new Set([0]), 2)).toEqual([1, 5])
  expect(chooseCpus(cores, new Set([0]), 3)).toEqual([1, 2, 5])
})

test('small jobs share a core only when no other has room', () => {
  const cores = physicalCores([0, 1, 4, 5], smt)
  const taken = new Set<number>()
  const given: number[] = []
  for (let job = 0; job < 4; job++) {
    const [cpu = -1] = chooseCpus(cores, taken, 1) ?? []
    given.push(cpu)
    taken.add(cpu)
  }
  expect(given).toEqual([0, 1, 4, 5])
})

test('more than what is left gets none', () => {
  expect(chooseCpus([[0, 4], [1]], new Set([1]), 3)).toBeNull()
  expect(chooseCpus([[0, 4], [1]], none, 3)).toEqual([0, 1, 4])
})
