// Every transition twice, and out of order: a request may be sent again, and an answer of yesterday may arrive today.
// Nothing that is known already is changed by either. A transition without a case here fails the first test.
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openScene, type Scene } from '../test-scene.ts'
import { type InputOf, type TransitionName, transitions } from '../transitions-table.ts'
import { type Case, cases } from './test-support-audit-cases.ts'
import { dump } from './test-support-dump.ts'

/** Parts of transitions: no transition of their own. */
const parts = [
  'add-usage.ts',
  'demand-classes.ts',
  'dependents.ts',
  'draft-blobs.ts',
  'job-change.ts',
  'job-class.ts',
  'namespace-bytes.ts',
  'own-draft.ts',
  'extend-jobset.ts',
  'job-block.ts',
  'jobset-there.ts',
  'join-order.ts',
  'new-jobset.ts',
  'set-aside.ts',
  'result-place.ts',
  'retries-of.ts',
  'retry-rule.ts',
  'new-search.ts',
  'submit-order.ts',
  'trial-ends.ts',
]

const names = Object.keys(transitions) as TransitionName[]

test('every transition of this folder is in the table, and every one of the table has a case', async () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^test-support/.test(name))
  const known = new Set<unknown>(Object.values(transitions))
  for (const file of files) {
    const exported = Object.values((await import(/* @vite-ignore */ `./${file}`)) as Record<string, unknown>)
    expect([file, exported.some((value) => known.has(value))]).toEqual([file, !parts.includes(file)])
  }
  expect(Object.keys(cases).sort()).toEqual([...names].sort())
})

test.each(names)('%s twice is once', (name) => {
  withScene((scene) => {
    const { stage, tells } = cases[name] as Case<typeof name>
    const input = stage(scene)
    const before = dump(scene, tells === true)
    scene.run(name, input)
    const once = dump(scene, tells === true)
    // a case in which nothing happens would prove nothing
    expect(once === before && tells !== true).toBe(false)
    repeat(scene, name, input)
    expect(dump(scene, tells === true)).toBe(once)
  })
})

test.each(names.filter((name) => cases[name].next !== undefined))('%s that comes again after what followed it changes nothing', (name) => {
  withScene((scene) => {
    const { stage, next, tells } = cases[name] as Case<typeof name>
    const input = stage(scene)
    scene.run(name, input)
    next?.(scene, input)
    const after = dump(scene, tells === true)
    repeat(scene, name, input)
    expect(dump(scene, tells === true)).toBe(after)
  })
})

test.each(names.filter((name) => cases[name].first !== true))(
  '%s about something that this store does not know changes nothing',
  (name) => {
    withScene((scene) => {
      const input = withScene((other) => (cases[name] as Case<typeof name>).stage(other))
      const empty = dump(scene, true)
      repeat(scene, name, input)
      expect(dump(scene, true)).toBe(empty)
    })
  },
)

/** Again; a refusal is as good as a shrug. */
function repeat<N extends TransitionName>(scene: Scene, name: N, input: InputOf<N>): void {
  try {
    scene.run(name, input)
  } catch {
    // told to whoever asked
  }
}

function withScene<T>(body: (scene: Scene) => T): T {
  const scene = openScene()
  try {
    return body(scene)
  } finally {
    scene.remove()
  }
}
