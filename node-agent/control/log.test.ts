import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('a line for people has time and level, one for programs is JSON; debug only when asked for', () => {
  const lines: string[] = []
  const now = () => new Date(2026, 0, 2, 3, 4, 5).getTime()
  const text = createLog('text', false, (line) => lines.push(line), now)
  text.debug('hidden')
  text.warn('careful')
  createLog('json', true, (line) => lines.push(line), now).debug('shown')
  expect(lines[0]).toBe('03:04:05 warn  careful\n')
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'debug', message: 'shown' })
  expect(lines).toHaveLength(2)
})
