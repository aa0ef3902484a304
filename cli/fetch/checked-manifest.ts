// What a head may tell `dist pull` to write, checked before anything touches the disk: a head is a peer like any other
// (security.md, Paths). The client has no schemas, so this file looks at every field that pull uses.
import type { ResultReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { linkStaysInside, safeSegments, segmentProblem } from '../../shared/files/safe-path.ts'
import { isSha256, type Sha256 } from '../../shared/model/ids.ts'

/** `path` is below the batch: `<job>/<path of the manifest>`. */
export type Wanted =
  | {
      readonly kind: 'file'
      readonly job: number
      readonly path: string
      readonly inJob: string
      readonly size: number
      readonly mode: number
      readonly sha256: Sha256
    }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** of this job nothing is left at the head */
  | { readonly kind: 'removed'; readonly path: string }

const mostEntries = 1_000_000

/** The batch's folder name. Throws `bad_path`. */
export function checkedBatch(name: unknown): string {
  return checkedName(name, 'batch')
}

/** Everything of one job's result, the job's folder first. Throws `bad_path` for anything unsafe or contradictory. */
export function checkedManifest(result: ResultReply): Wanted[] {
  const job = checkedName(result.name, 'job')
  if (result.removed === true) return [{ kind: 'removed', path: job }]
  if (!Number.isSafeInteger(result.job) || !Array.isArray(result.manifest) || result.manifest.length > mostEntries)
    throw refused(job, 'its list of files cannot be read')
  const taken = new Map<string, 'file' | 'folder' | 'link'>()
  const wanted: Wanted[] = [{ kind: 'folder', path: job }]
  for (const entry of result.manifest) {
    if (typeof entry !== 'object' || entry === null || typeof entry.path !== 'string')
      throw refused(job, 'its list of files cannot be read')
    const inJob = safeSegments(entry.path).join('/')
    if (taken.has(inJob)) throw refused(job, `${JSON.stringify(inJob)} is in its list twice`)
    taken.set(inJob, entry.kind)
    const path = `${job}/${inJob}`
    switch (entry.kind) {
      case 'file':
        if (!isSize(entry.size) || !isMode(entry.mode) || typeof entry.sha256 !== 'string' || !isSha256(entry.sha256))
          throw refused(job, `size, mode or hash of ${JSON.stringify(inJob)} make no sense`)
        wanted.push({ kind: 'file', job: result.job, path, inJob, size: entry.size, mode: entry.mode, sha256: entry.sha256 })
        break
      case 'folder':
        wanted.push({ kind: 'folder', path })
        break
      case 'link':
        if (typeof entry.target !== 'string' || !isSafeLink(inJob, entry.target))
          throw refused(job, `the link ${JSON.stringify(inJob)} leads out of the job's folder`)
        wanted.push({ kind: 'link', path, target: entry.target })
        break
      default:
        throw refused(job, `${JSON.stringify(inJob)} is of an unknown kind`)
    }
  }
  for (const path of taken.keys()) {
    const blocker = parents(path).find((parent) => taken.has(parent) && taken.get(parent) !== 'folder')
    if (blocker !== undefined) throw refused(job, `${JSON.stringify(path)} lies in ${JSON.stringify(blocker)}, which is no folder`)
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

function refused(job: string, why: string): DistError {
  return new DistError('bad_path', `the result of job ${JSON.stringify(job)} is refused: ${why}`, { hint: distrust })
}
