// `dist verify`: the head hashes everything that it keeps; findings are printed as they come.
import { DistError } from '../../shared/base/errors.ts'
import { type Finding, type FindingKind, noFindings, type VerifyLine } from '../../shared/model/verify.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { readLines } from '../ops/read-lines.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted } from '../render/labels.ts'
import { Progress } from '../render/progress.ts'
import { oneLine } from '../render/text-width.ts'

const damage: ReadonlySet<FindingKind> = new Set(['missing', 'changed', 'unreadable'])

/** Exit status 1 when something is missing, changed or unreadable. --json: `{files, bytes, found, findings}`. */
export async function verify(context: Context): Promise<number> {
  const head = await context.head()
  const reply = await context.patiently('look', () => head.verify(context.signal))
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  const findings: Finding[] = []
  let end: Extract<VerifyLine, { line: 'done' }> | null = null
  for await (const text of readLines(reply.body)) {
    const line = JSON.parse(text) as VerifyLine
    if (line.line === 'done') end = line
    else if (line.line === 'progress') progress.update(`${counted(line.files, 'file')}, ${formatBytes(line.bytes)}`, 0)
    else {
      const { kind, path, detail } = line
      findings.push({ kind, path, detail })
      progress.clear()
      const paint = damage.has(kind) ? context.out.red : context.out.dim
      context.print(`${paint(kind.padEnd(10))} ${oneLine(path)}  ${context.out.dim(oneLine(detail))}`)
    }
  }
  progress.clear()
  if (end === null) {
    throw new DistError('unavailable', 'the head broke off before everything was looked at', { hint: 'its log says why; run it again' })
  }
  const { files, bytes, found } = end
  context.value({ files, bytes, found, findings })
  context.print(`${counted(files, 'file')}, ${formatBytes(bytes)}: ${sentence(found)}`)
  const isDamaged = [...damage].some((kind) => found[kind] > 0)
  if (isDamaged) context.note('bring the files back from a backup, or run the jobs again: `dist retry`, or under a new batch_name')
  return isDamaged ? exitCode.failed : exitCode.done
}

function sentence(found: Readonly<Record<FindingKind, number>>): string {
  const parts = (Object.keys(noFindings) as FindingKind[]).flatMap((kind) => (found[kind] > 0 ? [`${found[kind]} ${kind}`] : []))
  return parts.length === 0 ? 'everything is as it was committed' : parts.join(', ')
}
