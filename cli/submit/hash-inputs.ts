// Hashes every distinct file of a jobset once, so that the head can say which contents it lacks.
import { statSync } from 'node:fs'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { sha256File, sha256FileSync } from '../../shared/files/digest.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { InputFile, Jobset, LocalFile } from '../../shared/model/jobset.ts'
import { jobFiles, specFiles } from '../../shared/model/jobset-files.ts'

/** A content to send, and a file that has it. */
export interface Content {
  readonly sha256: Sha256
  readonly size: number
  readonly path: string
}

export interface Inputs {
  /** The file as the head knows it. */
  readonly known: (file: LocalFile) => InputFile
  readonly contents: ReadonlyMap<string, Content>
  /** of all distinct contents */
  readonly bytes: number
}

interface Hashed extends Content {
  readonly mode: number
}

/** Above this a file is streamed, so that Ctrl-C and progress work. */
const syncLimit = 4 << 20
/** Files hashed at once: SHA-256 runs in the main thread, reading does not. */
const parallel = 4

/**
 * `onBytes` is told how many bytes were hashed since it was told last, and of how many in all (0 = not known yet). Throws
 * `bad_jobset` for what cannot be read.
 */
export async function hashInputs(
  jobset: Jobset<LocalFile>,
  signal: AbortSignal,
  onBytes: (bytes: number, total: number) => void,
): Promise<Inputs> {
  const hashed = new Map<string, Hashed>()
  const large: { path: string; mode: number }[] = []
  let sinceBreath = 0
  let total = 0
  for (const path of sources(jobset)) {
    const { size, mode } = facts(path)
    total += size
    if (size > syncLimit) large.push({ path, mode })
    else {
      hashed.set(path, { ...readable(path, () => sha256FileSync(path)), path, mode })
      onBytes(size, 0)
      sinceBreath += size + 4096
      if (sinceBreath > 16 << 20) {
        sinceBreath = 0
        await new Promise((resolve) => setImmediate(resolve))
        signal.throwIfAborted()
      }
    }
  }
  const next = large.values()
  const worker = async () => {
    for (const { path, mode } of next) {
      const found = await sha256File(path, signal, (bytes) => onBytes(bytes, total)).catch((error: unknown) => {
        signal.throwIfAborted()
        throw unreadable(path, error)
      })
      hashed.set(path, { ...found, path, mode })
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return asInputs(hashed)
}

function asInputs(hashed: ReadonlyMap<string, Hashed>): Inputs {
  const contents = new Map<string, Content>()
  for (const { sha256, size, path } of hashed.values()) contents.set(sha256, { sha256, size, path })
  let bytes = 0
  for (const content of contents.values()) bytes += content.size
  const known = (file: LocalFile): InputFile => {
    const found = hashed.get(file.source)
    if (found === undefined) throw new DistError('bug', `${file.source} was not hashed`)
    return { name: file.name, sha256: found.sha256, size: found.size, mode: found.mode }
  }
  return { known, contents, bytes }
}

/** Distinct paths, in file order. */
export function sources(jobset: Jobset<LocalFile>): Set<string> {
  const paths = new Set<string>()
  for (const file of specFiles(jobset)) paths.add(file.source)
  for (const job of jobset.jobs) for (const file of jobFiles(job)) paths.add(file.source)
  return paths
}

function facts(path: string): { readonly size: number; readonly mode: number } {
  const stat = readable(path, () => statSync(path))
  if (!stat.isFile()) throw new DistError('bad_jobset', `${path} is no regular file`, { hint: 'name a file or a folder of files' })
  return { size: stat.size, mode: (stat.mode & 0o100) === 0 ? 0o644 : 0o755 }
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): DistError {
  return new DistError('bad_jobset', `cannot read ${path}: ${errorMessage(error)}`, {
    hint: 'make it readable, then try again',
    cause: error,
  })
}
