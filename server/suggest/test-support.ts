// For the tests beside: searches that are run against the real program and checked, and programs that misbehave.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { hasOptimisers, suggestPython } from '../../scripts/setup/suggest.mjs'
import { skipOrFail } from '../../test/support/needs.ts'
import type { Json, SuggestEvent, Suggestion, SuggestParam, SuggestSearch, TrialResult } from './protocol.ts'
import { type SuggestCommand, suggestCommand } from './suggest-command.ts'
import { Suggester, type SuggesterOptions } from './suggester.ts'

export const never = new AbortController().signal

/** Every kind of parameter. */
export const space: readonly SuggestParam[] = [
  { name: 'x', kind: 'float', low: -5, high: 5 },
  { name: 'rate', kind: 'float', low: 1e-4, high: 1, log: true },
  { name: 'n', kind: 'int', low: 1, high: 12, step: 3 },
  { name: 'share', kind: 'float', low: 0, high: 0.3, step: 0.1 },
  { name: 'g.PYR->BC', kind: 'normal', mean: 0, sd: 2, step: 0.25 },
  { name: 'units', kind: 'int', low: 1, high: 100, log: true },
  { name: 'shape', kind: 'choice', values: ['a', [1, 2], null] },
  { name: 'on', kind: 'grid', values: [true, false] },
]

export const search = (over: Partial<SuggestSearch> = {}): SuggestSearch => ({
  space,
  algorithm: 'optuna',
  algorithm_config: {},
  seed: 1,
  metrics: ['loss'],
  modes: ['min'],
  points_to_evaluate: [],
  batch: 4,
  budget: 32,
  ...over,
})

/** The command for the interpreter with the optimisers; skips where the set-up of the tests never ran. */
export function realCommand(context: TestContext, pythonPath?: string): SuggestCommand {
  if (!hasOptimisers()) skipOrFail(context, 'the optimisers are not installed: node scripts/setup.mjs --tests')
  return suggestCommand(suggestPython, { PATH: '/usr/bin:/bin', ...(pythonPath === undefined ? {} : { PYTHONPATH: pythonPath }) })
}

/** Small where x is 1 and the shape is a list. */
export function lossOf(params: Readonly<Record<string, Json>>): number {
  const x = Number(params['x'])
  return (x - 1) ** 2 + (Array.isArray(params['shape']) ? 0 : 3) + Number(params['n']) / 100
}

export interface Disturbed {
  /** called before the ask or tell with this number, from 0 on: may close the suggester or give a signal that aborts the call */
  readonly before?: (step: number, suggester: Suggester) => AbortSignal | null
  readonly rounds?: number
  /** trials asked at once, by round */
  readonly asks?: (round: number) => number
}

/** Asks, evaluates, tells, as the head does: written down first, and repeated when it was cut off. */
export async function runSearch(
  options: Pick<SuggesterOptions, 'command' | 'search'>,
  { before = () => null, rounds = 8, asks = () => 4 }: Disturbed = {},
): Promise<{ readonly suggestions: readonly Suggestion[]; readonly notices: readonly string[]; readonly starts: number }> {
  const history: SuggestEvent[] = []
  const suggestions: Suggestion[] = []
  const notices: string[] = []
  let starts = 0
  const suggester = new Suggester({
    ...options,
    history: () => {
      starts += 1
      return history.slice()
    },
    onNotice: (text) => notices.push(text),
  })
  let step = 0
  const insist = async <T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const signal = before(step, suggester)
    step += 1
    if (signal !== null) {
      try {
        return await act(signal)
      } catch (error) {
        if (!signal.aborted) throw error
      }
    }
    return act(never)
  }
  try {
    for (let round = 0; round < rounds; round += 1) {
      const n = asks(round)
      const fresh = await insist((signal) => suggester.ask(n, signal))
      history.push({ ask: fresh, n })
      suggestions.push(...fresh)
      const results = fresh.map((one) => resultOf(one, options.search.modes))
      history.push({ tell: results })
      await insist((signal) => suggester.tell(results, signal))
    }
    return { suggestions, notices, starts }
  } finally {
    await suggester.close()
  }
}

/** Some trials fail, some get a penalty. */
function resultOf({ trial, params }: Suggestion, modes: SuggestSearch['modes']): TrialResult {
  if (trial % 7 === 3) return { trial, failed: true }
  if (trial % 7 === 5) return { trial, penalty: 60 }
  const loss = lossOf(params)
  return { trial, values: modes.map((mode, index) => (mode === 'min' ? loss : -loss) + index * Number(params['x'])) }
}

type Fault = 'garbage' | 'dead' | 'silent' | 'none'

/** A program in place of the real one: it writes down what it is sent and does the fault at the first `op`, once or every time. */
export function fakeProgram(folder: string, fault: Fault, op = 'ask', always = false): { command: SuggestCommand; received(): string[] } {
  const file = join(folder, 'fake')
  const log = join(folder, 'received')
  const faults = {
    garbage: 'echo "Hello from a library"',
    dead: 'echo "Segmentation fault" >&2; exit 3',
    silent: 'sleep 600 & wait',
    none: ':',
  }
  writeFileSync(
    file,
    `#!/bin/sh
i=0
while read -r line; do
  i=$((i+1))
  printf '%s\\n' "$line" >> '${log}'
  case "$line" in *'"op":"${op}"'*) if [ ! -e '${folder}/done' ] || ${always}; then : > '${folder}/done'; ${faults[fault]}; fi;; esac
  case "$line" in
    *'"op":"open"'*) echo "{\\"id\\":$i,\\"ok\\":{\\"notices\\":[]}}";;
    *'"op":"replay"'*) echo "{\\"id\\":$i,\\"ok\\":{\\"differs\\":[]}}";;
    *'"op":"ask"'*) echo "{\\"id\\":$i,\\"ok\\":{\\"suggestions\\":[{\\"trial\\":1,\\"params\\":{\\"x\\":2}}]}}";;
    *) echo "{\\"id\\":$i,\\"ok\\":{}}";;
  esac
done
`,
  )
  chmodSync(file, 0o755)
  return {
    command: { file, args: [], env: { PATH: '/usr/bin:/bin' } },
    received: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  }
}
