// What a job leaves in `distribute_save`: a small tree rides in the report, anything else is set aside in attempts/<id>/save.
// Called by the keeper when every process of the job is gone.
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import type { SavedFile } from '../launcher/messages.ts'
import { copyTree, readUpTo } from './copy.ts'
import { inlineBytes } from './output.ts'
import { below, look, namesIn, remove } from './remove.ts'
import type { Workspace } from './workspace.ts'

const inlineEntries = 16
const { O_RDONLY, O_NOFOLLOW } = constants

export interface Collected {
  /** null: in attempts/<id>/save */
  readonly files: readonly SavedFile[] | null
  readonly folders: readonly string[]
  readonly note: string | null
  /** to be called when the record that carries the files is written */
  readonly clear: (() => void) | null
}

const nothing: Collected = { files: [], folders: [], note: null, clear: null }

/** `folder` makes attempts/<id>. */
export function collect(space: Workspace, folder: () => string): Collected {
  if (space.saveIsEmpty()) return nothing
  const facts = look(space.save)
  if (facts?.isDirectory() !== true) {
    space.forgetSave()
    return facts === null ? nothing : { ...nothing, note: 'distribute_save was no folder when the job ended: nothing was saved' }
  }
  const small = survey(space.save, facts)
  if (small !== null) {
    return {
      files: small.files,
      folders: small.folders,
      note: null,
      clear() {
        for (const step of small.clear) step()
        space.proveSave()
      },
    }
  }
  space.forgetSave()
  setAside(space.save, join(folder(), 'save'), facts)
  return { ...nothing, files: null }
}

interface Small {
  readonly files: SavedFile[]
  readonly folders: string[]
  readonly clear: (() => void)[]
  bytes: number
  entries: number
}

/** null when it holds too much, or anything but readable files and folders with names in UTF-8. */
function survey(save: string, facts: BigIntStats): Small | null {
  const found: Small = { files: [], folders: [], clear: [], bytes: inlineBytes, entries: inlineEntries }
  try {
    return (facts.mode & 0o700n) === 0o700n && surveyFolder(save, '', found) ? found : null
  } catch {
    return null
  }
}

function surveyFolder(save: string, folder: string, found: Small): boolean {
  const names = readdirSync(join(save, folder), 'buffer').sort(Buffer.compare)
  if (folder !== '' && names.length === 0) found.folders.push(folder)
  for (const bytes of names) {
    const name = bytes.toString('utf8')
    const rel = folder === '' ? name : `${folder}/${name}`
    const path = join(save, rel)
    const facts = bytes.equals(Buffer.from(name)) ? look(path) : null
    if (facts === null || --found.entries < 0) return false
    if (facts.isDirectory()) {
      if (!surveyFolder(save, rel, found)) return false
      found.clear.push(() => rmdirSync(path))
    } else if (facts.isFile() && facts.size <= found.bytes) {
      const data = readSmall(path)
      found.bytes -= data.length
      if (found.bytes < 0) return false
      found.files.push([rel, Number(facts.mode & 0o7777n), data.toString('base64')])
      found.clear.push(() => unlinkSync(path))
    } else return false
  }
  return true
}

function readSmall(path: string): Buffer {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW)
  try {
    return readUpTo(fd, inlineBytes + 1)
  } finally {
    closeSync(fd)
  }
}

/** Renames the folder; where that is impossible its entries are moved one by one, or copied out of another mount. */
function setAside(save: string, target: string, facts: BigIntStats): void {
  if ((facts.mode & 0o700n) !== 0o700n) chmodSync(save, 0o755)
  remove(target)
  try {
    renameSync(save, target)
    mkdirSync(save, 0o755)
    return
  } catch (error) {
    if (!['EBUSY', 'EXDEV'].includes(systemCode(error) ?? '')) throw error
  }
  mkdirSync(target, 0o700)
  for (const name of namesIn(save)) {
    try {
      renameSync(below(save, name), below(target, name))
    } catch (error) {
      if (systemCode(error) !== 'EXDEV') throw error
      copyTree(below(save, name), below(target, name))
      remove(below(save, name))
    }
  }
}
