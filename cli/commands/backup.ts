// `dist backup FOLDER`: a copy of the head's data folder, made while it works.
import { resolve } from 'node:path'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { assertFree, fillBackupFolder } from '../ops/backup-folder.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted } from '../render/labels.ts'
import { Progress } from '../render/progress.ts'
import { oneLine } from '../render/text-width.ts'

/**
 * Exit status 1 when files were missing at the head, which the backup then lacks too. --json: `{folder, takenAt, files,
 * bytes, lacking: [{path, problem}], lackingCount}`.
 */
export async function backup(context: Context, folder: string): Promise<number> {
  const target = resolve(context.io.cwd, folder)
  assertFree(target)
  const head = await context.head()
  const reply = await context.patiently('look', () => head.backup(context.signal))
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  const onProgress = (files: number, bytes: number): void => progress.update(`${counted(files, 'file')}, ${formatBytes(bytes)}`, 0)
  const seal = await fillBackupFolder(target, reply.body, { onProgress }).finally(() => progress.clear())
  const { takenAt, files, bytes, lacking, lackingCount } = seal
  context.value({ folder: target, takenAt, files, bytes, lacking, lackingCount })
  context.print(`${target}: ${counted(files, 'file')}, ${formatBytes(bytes)} and the database, as of ${new Date(takenAt).toISOString()}`)
  context.note(`put it back with: dist restore ${target}`)
  if (lackingCount === 0) return exitCode.done
  context.warn(
    `the head lacks ${counted(lackingCount, 'file')}, and so does the backup; the first: ${lacking
      .slice(0, 3)
      .map(({ path, problem }) => `${path} (${problem})`)
      .join(', ')}`,
    'dist verify lists them all',
  )
  for (const { path, problem } of lacking) if (context.verbose) context.note(`  ${oneLine(path)}: ${oneLine(problem)}`)
  return exitCode.failed
}
