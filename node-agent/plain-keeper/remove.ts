// File steps of the plain keeper: look, remove whatever is there, list. Links are never followed. Paths may be bytes, because a
// job may give names that are no UTF-8.
import { accessSync, type BigIntStats, chmodSync, constants, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { systemCode } from '../../shared/base/errors.ts'

export type Path = string | Buffer

/** null when nothing is there. */
export function look(path: Path): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return null
    throw error
  }
}

export function below(folder: Path, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), name])
}

/** Removes a file, a link or a whole folder, also one whose modes forbid it. */
export function remove(path: Path): void {
  try {
    unlinkSync(path)
    return
  } catch (error) {
    const code = systemCode(error) ?? ''
    if (code === 'ENOENT') return
    if (!['EISDIR', 'EPERM', 'EACCES'].includes(code) || look(path)?.isDirectory() !== true) throw error
  }
  empty(path)
  rmdirSync(path)
}

/** Removes everything in a folder. */
export function empty(folder: Path): void {
  for (const name of namesIn(folder)) remove(below(folder, name))
}

/** The names in a folder; its modes are mended when they are why it cannot be read or changed. */
export function namesIn(folder: Path): Buffer[] {
  const { R_OK, W_OK, X_OK } = constants
  try {
    accessSync(folder, R_OK | W_OK | X_OK)
  } catch {
    chmodSync(folder, 0o700)
  }
  return readdirSync(folder, 'buffer')
}
