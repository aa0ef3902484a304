// `dist gc`: the head removes what nothing needs, and says what and how much.
import { isErrorCode } from '../../shared/base/error-codes.ts'
import { DistError } from '../../shared/base/errors.ts'
import { type CollectedKind, type CollectLine, collectedKinds } from '../../shared/model/collect.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { readLines } from '../ops/read-lines.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted } from '../render/labels.ts'
import { Progress } from '../render/progress.ts'

export interface GcOptions {
  readonly dry?: boolean
}

const words: Readonly<Record<CollectedKind, readonly [noun: string, why: string]>> = {
  results: ['result', 'older than `retention` allows'],
  drafts: ['draft', 'begun more than a week ago and never finished'],
  inputs: ['input', 'that no jobset and no draft names'],
  uploads: ['upload', 'of attempts that need it no more'],
  packs: ['pack', 'in which no result lies'],
  output: ['live output', 'of what is over'],
}

/** --json: `{dry, results, drafts, inputs, uploads, packs, output}`, each `{count, bytes}`. */
export async function gc(context: Context, options: GcOptions): Promise<number> {
  const dry = options.dry === true
  const head = await context.head()
  const reply = await context.patiently('look', () => head.collect(dry, context.signal))
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  let end: Extract<CollectLine, { line: 'done' }> | null = null
  for await (const text of readLines(reply.body)) {
    const line = JSON.parse(text) as CollectLine
    if (line.line === 'progress') progress.update(`looking for ${words[line.doing][0]}s`, 0)
    else if (line.line === 'done') end = line
    else
      throw new DistError(isErrorCode(line.code) ? line.code : 'bug', line.message, { hint: 'what went until then is gone; run it again' })
  }
  progress.clear()
  if (end === null) throw new DistError('unavailable', 'the head broke off', { hint: 'its log says why; run it again' })
  const { line: _, ...value } = end
  context.value(value)
  const found = collectedKinds.filter((kind) => value[kind].count > 0)
  for (const kind of found) {
    const [noun, why] = words[kind]
    context.print(`${counted(value[kind].count, noun)} ${why}: ${formatBytes(value[kind].bytes)}`)
  }
  const bytes = found.reduce((sum, kind) => sum + value[kind].bytes, 0)
  if (found.length === 0) context.print('nothing to remove')
  else context.print(dry ? `${formatBytes(bytes)} would be freed; nothing was removed (--dry)` : `${formatBytes(bytes)} freed`)
  return exitCode.done
}
