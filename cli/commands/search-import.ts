// `dist search import BATCH.py`: the search() of a script as a jobset file. The script runs up to there; nothing is sent.
import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { jobsetText } from '../../shared/config/jobset-text.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import type { ScriptCall } from '../scripted/script-call.ts'
import { type ScriptFlags, shippedFolder, wordsOf } from '../scripted/script-flags.ts'
import { ScriptProcess } from '../scripted/script-process.ts'
import { topEntries } from '../scripted/scripted-jobset.ts'

export interface SearchImportOptions extends ScriptFlags {
  readonly output?: string
}

/** --json: `{file, text}`. The first search() of the script; a second one is a file of its own. Throws `usage` where there is none. */
export async function searchImport(
  context: Context,
  script: string,
  args: readonly string[],
  options: SearchImportOptions,
): Promise<number> {
  const words = wordsOf(options)
  const { cwd, env } = context.io
  const child = new ScriptProcess({ python: options.python ?? 'python3', script, args, cwd, env, output: 'stderr' })
  const call = await firstCall(child, context.signal)
  if (call === null) {
    const { code } = await child.ended
    if (code !== 0) return code
    throw new DistError('usage', `${script} ended without a call of search()`, { hint: 'name the script that calls it' })
  }
  await child.answer(call.id, { kind: 'detached' })
  for (const notice of call.notices) context.note(`note: ${notice}`)
  const shipped = shippedFolder(call, options)
  const text = jobsetText(call.label, call.search, { ...words, entries: topEntries(shipped), emptyFolders: shipped.emptyFolders })
  await child.ended
  const { output } = options
  if (output !== undefined) write(resolve(cwd, output), output, text)
  else if (!context.json) context.io.stdout.write(text)
  if (output !== undefined) context.print(`wrote ${output}; check it with: dist check ${output}`)
  context.value({ file: output ?? null, text })
  return exitCode.done
}

async function firstCall(child: ScriptProcess, signal: AbortSignal): Promise<ScriptCall | null> {
  const stop = (): void => child.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const call of child.calls()) return call
    signal.throwIfAborted()
    return null
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function write(path: string, shown: string, text: string): void {
  if (existsSync(path)) throw new DistError('exists', `${shown} exists`, { hint: 'name another file, or move it away' })
  try {
    writeFileSync(path, text)
  } catch (cause) {
    throw new DistError('usage', `cannot write ${shown}: ${errorMessage(cause)}`, { hint: 'name a file that you may write', cause })
  }
}
