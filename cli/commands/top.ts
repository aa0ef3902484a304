// `dist top`: the head's nodes and jobsets, full-screen, drawn anew every two seconds until q. The screen that was there
// before comes back however it ends. Where there is no terminal, one picture is printed.
import { setTimeout as sleep } from 'node:timers/promises'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { isTrouble } from '../local/patience.ts'
import { exitCode } from '../program/exit-code.ts'
import { isUnicode } from '../render/progress.ts'
import { type TopFacts, topScreen } from '../render/top-screen.ts'

const enter = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const leave = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const home = '\x1b[H'
/** before the line, not behind it: behind a full one the cursor stands on its last letter */
const clearLine = '\x1b[2K'
const restOfScreen = '\x1b[J'

/** what Ctrl-C sends to a program that reads keys */
const interrupt = '\u0003'
const escapeKey = '\u001b'

const shown = 200
const widthOfPipes = 100

export interface TopOptions {
  readonly all?: boolean
  /** seconds, as it was typed */
  readonly every: string
}

/** --json, or no terminal: once. --json: `{status, nodes}`, the API's replies. Exit status 0 after q, 130 after Ctrl-C. */
export async function top(context: Context, options: TopOptions): Promise<number> {
  const every = Number(options.every) * 1000
  if (!(every >= 100 && every <= 3_600_000))
    throw new DistError('usage', `--every ${options.every} is no number of seconds`, { hint: 'write for example --every 5' })
  const { columns } = context.io.stdout
  const facts = await context.patiently('look', () => look(context, options))
  if (columns === null || context.json || context.io.input?.isTerminal !== true || context.io.env['TERM'] === 'dumb') {
    context.value({ status: facts.status, nodes: facts.nodes })
    for (const line of screen(context, facts, columns ?? widthOfPipes, null)) context.print(line)
    return exitCode.done
  }
  return live(context, options, facts, every)
}

async function live(context: Context, options: TopOptions, first: TopFacts, every: number): Promise<number> {
  const { stdout, input, onExit } = context.io
  const quit = new AbortController()
  let code: number = exitCode.done
  const stopKeys = input?.onKey((keys) => {
    if (keys.includes(interrupt)) code = exitCode.interrupted
    // an arrow is more than a lone escape
    if (keys === escapeKey || /[qQ]/.test(keys) || keys.includes(interrupt)) quit.abort()
  })
  const signal = AbortSignal.any([context.signal, quit.signal])
  stdout.write(enter)
  const forget = onExit?.(() => stdout.write(leave))
  let facts = first
  let seen = first.now
  try {
    for (;;) {
      draw(context, facts)
      const ended = await sleep(every, false, { signal }).catch(() => true)
      if (ended) break
      facts = await look(context, options).catch((error: unknown) => {
        if (!isTrouble(error)) throw error
        const age = Math.max(0, Math.round((context.now() - seen) / 1000))
        return { ...facts, now: context.now(), trouble: `${age} s old: ${errorMessage(error)}` }
      })
      if (facts.trouble === null) seen = facts.now
    }
  } finally {
    stdout.write(leave)
    forget?.()
    stopKeys?.()
  }
  context.signal.throwIfAborted()
  return code
}

async function look(context: Context, { all }: TopOptions): Promise<TopFacts> {
  const head = await context.head()
  const [status, { nodes }] = await Promise.all([
    head.status({ all: all === true, limit: shown }, context.signal),
    head.nodes(context.signal),
  ])
  return { head: head.base, status, nodes, now: context.now(), trouble: null }
}

function screen(context: Context, facts: TopFacts, columns: number, rows: number | null): string[] {
  return topScreen(facts, { columns, rows, unicode: isUnicode(context.io.env), palette: context.out, env: context.io.env })
}

function draw(context: Context, facts: TopFacts): void {
  const { stdout } = context.io
  const columns = stdout.columns ?? widthOfPipes
  const rows = (stdout.rows ?? 24) - 1
  const lines = screen(context, facts, columns, rows)
  while (lines.length < rows) lines.push('')
  const keys = context.out.dim('q quits')
  stdout.write(home + [...lines, keys].map((line) => clearLine + line).join('\r\n') + restOfScreen)
}
