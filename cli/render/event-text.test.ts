// What events of searches say.
import { expect, test } from 'vitest'
import { eventText } from './event-text.ts'

const succeeded = { kind: 'succeeded' }
const plain = new Proxy({}, { get: () => (text: string) => text }) as Parameters<typeof eventText>[1]
const text = (kind: 'committed' | 'jobset_extended', data: Readonly<Record<string, unknown>>): string | undefined =>
  eventText({ at: 0, kind, jobset: 'lab/tune', job: null, node: null, data }, plain, {})?.split('  ').at(-1)

test.each([
  [{ outcome: succeeded }, 'succeeded'],
  [
    { outcome: { kind: 'failed', exitCode: 1, signal: null }, trial: { kind: 'reported', values: [0.5, 2], warning: 'exit code 1' } },
    'reported 0.5 2',
  ],
  [{ outcome: succeeded, trial: { kind: 'reported', values: [], warning: null } }, 'reported'],
  [{ outcome: succeeded, trial: { kind: 'no_result', reason: 'nothing came', retry: null } }, 'no_result: nothing came'],
])('of a trial it counts what it reported: %j', (data, said) => {
  expect(text('committed', data)).toBe(said)
})

test('an extension tells its samples', () => {
  expect(text('jobset_extended', { by: 'anna', samples: 10 })).toBe('extended by 10 samples by anna')
  expect(text('jobset_extended', { by: 'anna', added: 2, changed: 1 })).toBe('2 jobs added and 1 changed by anna')
})
