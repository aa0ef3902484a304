// `dist restore BACKUP`: puts what `dist backup` made in the place of a head's data folder, on the machine of the head.
import { resolve } from 'node:path'
import { defaultDataFolder } from '../../shared/config/paths.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Context } from '../context.ts'
import { assertFree } from '../ops/backup-folder.ts'
import { readBackupSeal, restoreInto } from '../ops/restore-folder.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted } from '../render/labels.ts'
import { Progress } from '../render/progress.ts'

/** --json: `{folder, takenAt, files, bytes, lackingCount}`. */
export function restore(context: Context, backup: string, options: { readonly data?: string }): Promise<number> {
  const { cwd, env, stderr } = context.io
  const from = resolve(cwd, backup)
  const folder = options.data === undefined ? defaultDataFolder(env) : resolve(cwd, options.data)
  const seal = readBackupSeal(from)
  assertFree(folder)
  const progress = new Progress(stderr, context.showsProgress && stderr.columns !== null)
  try {
    restoreInto(folder, from, seal, (files) => {
      if (files % 100 === 0) progress.update(`${counted(files, 'file')} copied`, 0)
    })
  } finally {
    progress.clear()
  }
  const { takenAt, files, bytes, lackingCount } = seal
  context.value({ folder, takenAt, files, bytes, lackingCount })
  context.print(`${folder}: ${counted(files, 'file')}, ${formatBytes(bytes)} and the database, as of ${new Date(takenAt).toISOString()}`)
  if (lackingCount > 0) context.warn(`the backup lacks ${counted(lackingCount, 'file')} that the head lacked`, 'dist verify lists them')
  context.note(`start the head there with: dist serve --data ${folder}`)
  context.note('then run again what had no result yet with: dist resume NAMESPACE/BATCH')
  return Promise.resolve(exitCode.done)
}
