// `dist top` on a terminal: it draws, takes keys, and gives the screen back however it ends.
import { expect, test } from 'vitest'
import type { FakeHead } from '../test-support/fake-head.ts'
import { plain, runDist, type TestFolder } from '../test-support/run-dist.ts'
import { now, setScene } from '../test-support/scene.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder

withFakeHead((...made) => {
  ;[head, folder] = made
  setScene(head)
})

const leaves = '\x1b[?7h\x1b[?25h\x1b[?1049l'

/** A keyboard that is in raw mode while somebody listens. */
function keyboard() {
  const state = { raw: false, press: (_keys: string): void => undefined }
  const input = {
    isTerminal: true,
    read: () => Promise.resolve(''),
    onKey(listener: (key: string) => void) {
      state.raw = true
      state.press = listener
      return () => {
        state.raw = false
      }
    },
  }
  return { state, input }
}

/** Runs it; `at` is called at every look at the head, counted from 1. */
async function top(at: (look: number, press: (keys: string) => void) => void, argv: string[] = [], signal?: AbortSignal) {
  const { state, input } = keyboard()
  head.fault = (route, count) => {
    // after what was asked for now is drawn
    if (route === 'nodes') setTimeout(() => at(count + 1, state.press), 20)
    return 'none'
  }
  const run = await runDist(['top', '--every', '0.1', ...argv], {
    cwd: folder.path,
    env: { DIST_HEAD: head.url, DIST_TOKEN: head.token, TZ: 'UTC' },
    columns: 80,
    now,
    input,
    ...(signal === undefined ? {} : { signal }),
  })
  return { ...run, raw: state.raw }
}

test.each([
  ['q', 0],
  ['Q', 0],
  ['\u001b', 0],
  ['\u0003', 130],
])('%j ends it, and the screen that was there comes back', async (key, code) => {
  const run = await top((look, press) => {
    if (look === 2) press(key)
  })
  expect([run.code, run.raw, run.stderr]).toEqual([code, false, ''])
  expect(run.stdout.startsWith('\x1b[?1049h')).toBe(true)
  expect(run.stdout.endsWith(leaves)).toBe(true)
  expect(plain(run.stdout)).toContain('anna/reynolds_sweep')
})

test('an arrow does not end it', async () => {
  const looks: number[] = []
  await top((look, press) => {
    looks.push(look)
    press(look < 3 ? '\u001b[A' : 'q')
  })
  expect(looks.length).toBeGreaterThanOrEqual(3)
})

test('Ctrl-C from elsewhere gives the screen back too', async () => {
  const abort = new AbortController()
  const run = await top((look) => look === 2 && abort.abort(new DOMException('interrupted', 'AbortError')), [], abort.signal)
  expect([run.code, run.raw]).toEqual([130, false])
  expect(run.stdout.endsWith(leaves)).toBe(true)
})

test('an error on the way gives the screen back before it is told', async () => {
  const run = await top((look) => look === 2 && head.lies.set('status', () => ({ json: { jobsets: 5 } })))
  expect([run.code, run.raw]).toEqual([1, false])
  expect(run.stdout.endsWith(leaves)).toBe(true)
  expect(plain(run.stderr)).toContain('dist: ')
})

test('a head that goes away is told above what was seen last, and comes back', async () => {
  let drawn = ''
  const run = await top((look, press) => {
    if (look === 1) head.fault = lostUntil(4, press)
  })
  drawn = plain(run.stdout)
  expect(run.code).toBe(0)
  expect(drawn).toContain('0 s old: cannot reach the head')
  expect(drawn.lastIndexOf('s old: ')).toBeLessThan(drawn.lastIndexOf('5 nodes, 3 online'))
})

/** Answers nothing until it was asked so often, then ends. */
function lostUntil(asks: number, press: (keys: string) => void): FakeHead['fault'] {
  let asked = 0
  return (route) => {
    if (route !== 'nodes') return asked < asks ? 'before' : 'none'
    if (++asked < asks) return 'before'
    // the one after the first that came through: that one is drawn by then
    if (asked > asks) setTimeout(() => press('q'), 20)
    return 'none'
  }
}

test.each([
  ['--every', '0'],
  ['--every', 'x'],
])('%s %s is no time', async (...argv) => {
  expect((await runDist(['top', ...argv], { cwd: folder.path, env: { DIST_HEAD: head.url } })).code).toBe(2)
})
