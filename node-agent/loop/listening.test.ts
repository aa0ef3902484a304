// Asking the launcher to listen, over its lives.
import { expect, test } from 'vitest'
import type { LauncherLink } from '../launcher/client.ts'
import type { ListeningEvent } from '../launcher/messages.ts'
import { Listening } from './listening.ts'

const at = { kind: 'socket', host: '127.0.0.1' } as const
const listening = (id: string, port: number, error: string | null = null): ListeningEvent => ({ e: 'listening', id, port, error })

/** A connection that gives this answer, and writes down what it is told. */
function link(version: number, answer: ListeningEvent | null, told: unknown[] = []): LauncherLink {
  const fake: Pick<LauncherLink, 'hello' | 'listen' | 'drain' | 'control'> = {
    hello: { e: 'hello', version, pid: 1, boot: '', keepers: {} },
    listen: async () => answer,
    drain: async (id) => ({ e: 'drained', id, problem: 'full' }),
    control: (order) => told.push(order),
  }
  return fake as LauncherLink
}

test('a launcher that dies before it answers is followed by the next', async () => {
  const links = [link(2, null), link(2, listening('a', 7))]
  const it = new Listening({ linked: async () => links.shift() ?? link(2, null), link: () => null })
  expect(await it.listen('a', at)).toBe(7)
})

test('one of an earlier release says so, and what the system refuses is told with what to do', async () => {
  const of = (one: LauncherLink) => new Listening({ linked: async () => one, link: () => one })
  expect(await of(link(1, null)).listen('a', at)).toBeNull()
  await expect(of(link(2, listening('a', 0, 'EADDRNOTAVAIL'))).listen('a', at)).rejects.toMatchObject({
    code: 'unavailable',
    hint: expect.stringContaining('answer_address'),
  })
})

test('only what is listened for is drained, and what nobody knows is closed', async () => {
  const told: unknown[] = []
  const one = link(2, null, told)
  const it = new Listening({ linked: async () => one, link: () => one })
  it.found(['a', 'b', 'c'])
  expect(await it.drain('a')).toBe('full')
  expect(await it.drain('a')).toBeNull()
  it.sweep(new Set(['b']))
  it.forget('c')
  expect(told).toEqual([{ op: 'unlisten', ids: ['c'] }])
  // the launcher went, and its listeners with it
  it.found([])
  expect(await it.drain('b')).toBeNull()
})
