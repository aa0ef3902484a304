// With programs that misbehave in place of python/dist_suggest.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DistError } from '../../shared/base/errors.ts'
import type { SuggestEvent } from './protocol.ts'
import { suggestCommand } from './suggest-command.ts'
import { probeAlgorithms, Suggester, type SuggesterOptions } from './suggester.ts'
import { fakeProgram, never, search } from './test-support.ts'

let folder = ''
let notices: string[] = []
let open: Suggester[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-suggest-'))
  notices = []
  open = []
})
afterEach(async () => {
  for (const suggester of open) await suggester.close()
  rmSync(folder, { recursive: true, force: true })
})

const history: readonly SuggestEvent[] = [{ ask: [{ trial: 0, params: { x: 1 } }], n: 1 }, { tell: [{ trial: 0, values: [0.5] }] }]

function suggesterOf(command: SuggesterOptions['command'], more: Partial<SuggesterOptions> = {}): Suggester {
  const suggester = new Suggester({ command, search: search(), history: () => history, onNotice: (text) => notices.push(text), ...more })
  open.push(suggester)
  return suggester
}

const ops = (lines: readonly string[]): readonly string[] => lines.map((line) => /"op":"(\w+)"/.exec(line)?.[1] ?? '')
const codeOf = (error: unknown): string => (error instanceof DistError ? error.code : String(error))
const second = [{ trial: 1, params: { x: 2 } }]

test.each(['garbage', 'dead', 'silent'] as const)('a process that is %s is replaced by one that is given the history', async (fault) => {
  const { command, received } = fakeProgram(folder, fault)
  const suggester = suggesterOf(command, { deadlines: fault === 'silent' ? { work: 500 } : {} })
  expect(await suggester.ask(2, never)).toEqual(second)
  expect(ops(received())).toEqual(['open', 'replay', 'ask', 'open', 'replay', 'ask'])
  expect(JSON.parse(received()[4] ?? '')).toMatchObject({ op: 'replay', events: history })
  const words = {
    garbage: /a line that answers nothing: "Hello from a library"/,
    dead: /Segmentation fault/,
    silent: /did not answer ask within 0.5 s/,
  }
  expect(notices).toEqual([expect.stringMatching(words[fault])])
})

test('a result that was cut off is told again, after a history that has it', async () => {
  const { command, received } = fakeProgram(folder, 'dead', 'tell')
  await suggesterOf(command).tell([{ trial: 0, values: [0.5] }], never)
  expect(ops(received())).toEqual(['open', 'replay', 'tell', 'open', 'replay', 'tell'])
})

test('a process that always dies ends in an error with its last words, after three of them', async () => {
  const { command, received } = fakeProgram(folder, 'dead', 'ask', true)
  const error = await suggesterOf(command)
    .ask(1, never)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'optimiser_failed',
    message: 'the process that asks optuna for suggestions is of no use: it ended with exit status 3 (Segmentation fault)',
    hint: expect.stringContaining('3 times'),
  })
  expect(ops(received()).filter((op) => op === 'ask')).toHaveLength(3)
})

test('an interpreter that is not there is named', async () => {
  const command = suggestCommand(join(folder, 'python'), {})
  await expect(suggesterOf(command).ask(1, never)).rejects.toMatchObject({
    message: expect.stringContaining(`${folder}/python cannot be started`),
  })
  await expect(probeAlgorithms(command, [], never)).rejects.toMatchObject({ code: 'missing_program' })
})

test('an ask that is aborted ends its process, and the next starts another', async () => {
  const { command, received } = fakeProgram(folder, 'silent')
  const suggester = suggesterOf(command, {
    history: () => {
      // the process is about to be asked
      setTimeout(() => stop.abort(new Error('head stops')), 100)
      return []
    },
  })
  const stop = new AbortController()
  await expect(suggester.ask(1, stop.signal)).rejects.toThrow('head stops')
  expect(await suggester.ask(1, never)).toEqual(second)
  expect(ops(received()).filter((op) => op === 'open')).toHaveLength(2)
})

test('calls wait for each other, and a history goes in parts', async () => {
  const { command, received } = fakeProgram(folder, 'none')
  const many = Array.from({ length: 1100 }, (_, trial): SuggestEvent => ({ ask: [{ trial, params: {} }], n: 1 }))
  const suggester = suggesterOf(command, { history: () => many })
  await Promise.all([suggester.ask(1, never), suggester.tell([], never), suggester.ask(1, never)])
  expect(ops(received())).toEqual(['open', 'replay', 'replay', 'replay', 'ask', 'tell', 'ask'])
})

test('what the program refuses is an error at once, with its hint', async () => {
  const command = suggestCommand('/usr/bin/python3', { PATH: '/usr/bin:/bin' })
  const refused = async (over: Parameters<typeof search>[0]): Promise<unknown> =>
    suggesterOf(command, { search: search(over), history: () => [] })
      .ask(1, never)
      .catch((error: unknown) => error)
  const sigopt = await refused({ algorithm: 'sigopt' })
  expect(sigopt).toMatchObject({
    code: 'bad_jobset',
    message: expect.stringContaining('shut down'),
    hint: expect.stringContaining('optuna'),
  })
  expect(codeOf(await refused({ space: [] }))).toBe('bad_jobset')
  expect(notices).toEqual([])
})
