import { expect, test } from 'vitest'
import type { AgentFrame } from '../../shared/wire/gen/dist/AgentFrame.ts'
import { frameBytes, frameItems } from '../../shared/wire/session.ts'
import { Outbox } from './outbox.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

function attached(): { outbox: Outbox; frames: AgentFrame[] } {
  const outbox = new Outbox()
  const frames: AgentFrame[] = []
  outbox.attach((frame) => frames.push(frame))
  return { outbox, frames }
}

test('what is told in one turn leaves in one frame at its end', async () => {
  const { outbox, frames } = attached()
  outbox.started({ attempt_id: 'a', at: 1 })
  outbox.finished({ attempt_id: 'b' })
  outbox.stopped('c')
  expect(frames).toHaveLength(0)
  await turn()
  expect(frames).toMatchObject([{ started: [{ attempt_id: 'a' }], finished: [{ attempt_id: 'b' }], stopped: ['c'] }])
})

test('a frame closes at 100 items', async () => {
  const { outbox, frames } = attached()
  for (let i = 0; i < 250; i++) outbox.stopped(String(i))
  await turn()
  expect(frames.map((frame) => frame.stopped?.length)).toEqual([frameItems, frameItems, 50])
})

test('a frame closes at 256 KiB', async () => {
  const { outbox, frames } = attached()
  for (let i = 0; i < 40; i++) outbox.finished({ attempt_id: String(i), stdout: Buffer.alloc(16_384), files: [] })
  await turn()
  expect(frames.length).toBeGreaterThan(1)
  for (const frame of frames)
    expect((frame.finished ?? []).reduce((sum, item) => sum + (item.stdout?.length ?? 0), 0)).toBeLessThan(frameBytes)
  expect(frames.flatMap((frame) => frame.finished ?? [])).toHaveLength(40)
})

test('without a session everything is dropped, also what waited when it ended', async () => {
  const { outbox, frames } = attached()
  outbox.stopped('a')
  outbox.detach()
  outbox.stopped('b')
  outbox.attach((frame) => frames.push(frame))
  await turn()
  expect(frames).toEqual([])
})
