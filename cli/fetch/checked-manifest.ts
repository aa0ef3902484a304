// What a head may tell `dist pull` to write, checked before anything touches the disk: a head is a peer like any other
// (security.md, Paths). The client has no schemas, so this file looks at every field that pull uses.
import type { KeptAttemptReply, ResultReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { linkStaysInside, safeSegments, segmentProblem } from '../../shared/files/safe-path.ts'
import { isSha256, type Sha256 } from '../../shared/model/ids.ts'

/** `path` is below the batch: `<job>/<path of the manifest>`, of other attempts `.attempts/<job>/<mark>/<path>`. */
export interface WantedFile {
  readonly kind: 'file'
  readonly job: number
  /** null: the job's result */
  readonly attempt: string | null
  readonly path: string
  /** folder of the job or attempt: `path` = `under`/`inJob` */
  readonly under: string
  readonly inJob: string
  readonly size: number
  readonly mode: number
  readonly sha256: Sha256
}

export type Wanted =
  | WantedFile
  | { readonly kind: 'folder'; readonly path: string; readonly under: string }
  | { readonly kind: 'link'; readonly path: string; readonly under: string; readonly inJob: string; readonly target: string }

const mostEntries = 1_000_000

/** The batch's folder name. Throws `bad_path`. */
export function checkedBatch(name: unknown): string {
  return checkedName(name, 'batch')
}

/** Everything of one job's result, the job's folder first. Throws `bad_path` for anything unsafe or contradictory. */
export function checkedManifest(result: Pick<ResultReply, 'job' | 'name' | 'manifest'>): Wanted[] {
  return checkedEntries(checkedName(result.name, 'job'), result, null)
}

/** The same for an attempt that is not the job's result. */
export function checkedAttempt(reply: KeptAttemptReply): Wanted[] {
  const folder = attemptFolder(reply)
  if (typeof reply.attempt !== 'string') throw refused(folder, 'it has no id')
  return checkedEntries(folder, reply, reply.attempt)
}

/** Where an attempt's files go, below the batch. Throws `bad_path`. */
export function attemptFolder({ name, mark }: Pick<KeptAttemptReply, 'name' | 'mark'>): string {
  return `.attempts/${checkedName(name, 'job')}/${checkedName(mark, 'attempt')}`
}

/** `under`: folder below the batch, checked already. */
function checkedEntries(under: string, result: Pick<ResultReply, 'job' | 'manifest'>, attempt: string | null): Wanted[] {
  if (!Number.isSafeInteger(result.job) || !Array.isArray(result.manifest) || result.manifest.length > mostEntries)
    throw refused(under, 'its list of files cannot be read')
  const taken = new Map<string, 'file' | 'folder' | 'link'>()
  const wanted: Wanted[] = [{ kind: 'folder', path: under, under }]
  for (const entry of result.manifest) {
    if (typeof entry !== 'object' || entry === null || typeof entry.path !== 'string')
      throw refused(under, 'its list of files cannot be read')
    const inJob = safeSegments(entry.path).join('/')
    if (taken.has(inJob)) throw refused(under, `${JSON.stringify(inJob)} is in its list twice`)
    taken.set(inJob, entry.kind)
    const path = `${under}/${inJob}`
    switch (entry.kind) {
      case 'file':
        if (!isSize(entry.size) || !isMode(entry.mode) || typeof entry.sha256 !== 'string' || !isSha256(entry.sha256))
          throw refused(under, `size, mode or hash of ${JSON.stringify(inJob)} make no sense`)
        wanted.push({
          kind: 'file',
          job: result.job,
          attempt,
          path,
          under,
          inJob,
          size: entry.size,
          mode: entry.mode,
          sha256: entry.sha256,
        })
        break
      case 'folder':
        wanted.push({ kind: 'folder', path, under })
        break
      case 'link':
        if (typeof entry.target !== 'string' || !isSafeLink(inJob, entry.target))
          throw refused(under, `the link ${JSON.stringify(inJob)} leads out of the job's folder`)
        wanted.push({ kind: 'link', path, under, inJob, target: entry.target })
        break
      default:
        throw refused(under, `${JSON.stringify(inJob)} is of an unknown kind`)
    }
  }
  const blockers = new Set<string>()
  for (const [path, kind] of taken) if (kind !== 'folder') blockers.add(path)
  for (const path of taken.keys()) {
    const blocker = parents(path).find((parent) => blockers.has(parent))
    if (blocker !== undefined) throw refused(under, `${JSON.stringify(path)} lies in ${JSON.stringify(blocker)}, which is no folder`)
  }
  return wanted
}

/**
 * Stays inside also when it passes through other links: `d/..` is not where it seems to be if `d` is one.
 * So '..' may only come first, where the folders are real.
 */
function isSafeLink(path: string, target: string): boolean {
  const parts = target.split('/').filter((part) => part !== '' && part !== '.')
  const firstName = parts.findIndex((part) => part !== '..')
  return linkStaysInside(path, target) && (firstName < 0 || !parts.slice(firstName).includes('..'))
}

function checkedName(name: unknown, what: string): string {
  const problem = typeof name !== 'string' ? 'it is no text' : name.includes('/') ? "it has a '/'" : segmentProblem(name)
  if (problem === null && typeof name === 'string' && !name.startsWith('.')) return name
  throw new DistError('bad_path', `unsafe ${what} name ${JSON.stringify(String(name).slice(0, 200))}: ${problem ?? "it begins with '.'"}`, {
    hint: distrust,
  })
}

function parents(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'))
}

function isSize(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isMode(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0o777
}

const distrust = 'nothing of it was written; do not trust this head before its administrator has looked'

function refused(of: string, why: string): DistError {
  return new DistError('bad_path', `the result of job ${JSON.stringify(of)} is refused: ${why}`, { hint: distrust })
}
