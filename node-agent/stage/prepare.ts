// A job's own files as steps for the keeper. Few and small ones it copies itself at the boundary; more than that is
// copied now, beside the running job, into attempts/<id>/in, and only moved at the boundary (hot-path.md 2).
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { safeSegments } from '../../shared/files/safe-path.ts'
import type { InputFile } from '../../shared/model/jobset.ts'
import type { StagedFile } from '../launcher/messages.ts'
import { placeFile } from './place-file.ts'

const manyFiles = 16
const manyBytes = 64 * 1024

export interface Prepared {
  readonly files: readonly StagedFile[]
  /** attempts/<id> was made */
  readonly folder: boolean
}

/** `attemptFolder` is made only when it is needed; `source` finds a blob. `bad_path` for unsafe names. */
export async function prepareFiles(
  files: readonly InputFile[],
  attemptFolder: string,
  source: (sha256: string) => string,
): Promise<Prepared> {
  for (const file of files) safeSegments(file.name)
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  if (files.length <= manyFiles && bytes <= manyBytes) {
    return { folder: false, files: files.map((file) => [file.name, file.sha256, file.mode, source(file.sha256), 'c']) }
  }
  const inbox = join(attemptFolder, 'in')
  // a keeper that died may have taken some of an earlier preparation
  rmSync(inbox, { recursive: true, force: true })
  mkdirSync(inbox, { recursive: true })
  const staged: StagedFile[] = []
  for (const [index, file] of files.entries()) {
    const name = String(index)
    await placeFile(source(file.sha256), inbox, { name, size: file.size, mode: file.mode })
    staged.push([file.name, file.sha256, file.mode, join(inbox, name), 'm'])
  }
  return { folder: true, files: staged }
}
