// Which way of telling its result a trial's job gets.
import { expect, test } from 'vitest'
import type { CommType } from '../../shared/model/search.ts'
import { type AnswerFacts, trialAnswer } from './trial-answer.ts'

const files = { kind: 'filesystem', folder: '/w/distribute_save', label: 's_00000' } as const
const asked: unknown[] = []

async function answer(commType: CommType, more: Partial<AnswerFacts> = {}) {
  asked.length = 0
  const trial = { number: 0, label: 's_00000', params: [] }
  const rules = { commType, delimiter: '*=', keys: [], metrics: [], setup: null, workdir: null } as const
  return await trialAnswer({
    id: 'a1',
    trial,
    rules,
    kind: 'python',
    folder: files.folder,
    needs: false,
    work: '/work',
    host: '10.0.0.16',
    listen: async (id, at) => {
      asked.push([id, at])
      return at.kind === 'unix' ? 0 : 4000
    },
    ...more,
  })
}

test('none and files need nobody who listens; auto does only where batchtools may be needed', async () => {
  expect(await answer('none')).toEqual({ kind: 'none' })
  expect(await answer('filesystem')).toEqual(files)
  expect(await answer('auto')).toEqual({ kind: 'none' })
  expect(asked).toEqual([])
  expect(await answer('auto', { needs: true })).toEqual({ kind: 'socket', host: '10.0.0.16', port: 4000 })
  expect(asked).toEqual([['a1', { kind: 'socket', host: '10.0.0.16' }]])
})

test('a path is short, the same for the attempt, and refused before anything is bound where it cannot be', async () => {
  const unix = await answer('unix')
  expect(unix).toMatchObject({ kind: 'unix', path: expect.stringMatching(/^\/work\/answers\/[0-9a-f]{16}$/) })
  expect(await answer('unix')).toEqual(unix)
  await expect(answer('unix', { work: `/${'x'.repeat(90)}` })).rejects.toThrow('at most 107 bytes')
  expect(asked).toEqual([])
  await expect(answer('unix', { kind: 'apptainer' })).rejects.toThrow('container')
})

test('a launcher of an earlier release cannot listen: files do', async () => {
  for (const commType of ['socket', 'unix'] as const) expect(await answer(commType, { listen: async () => null })).toEqual(files)
})
