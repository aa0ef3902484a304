// Gets an attempt's inputs to where the keeper can take them: blobs into the cache, a build's workspace laid out, a
// job's large files copied beside the running job. Answers the core's `stage`.
import { join } from 'node:path'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import type { AttemptId } from '../../shared/model/ids.ts'
import type { Event } from '../core/event.ts'
import type { Attempt, JobsetInfo, Work } from '../core/work.ts'
import type { BlobFetcher } from '../head/inputs.ts'
import type { StagedFile } from '../launcher/messages.ts'
import type { BlobCache } from '../stage/cache.ts'
import { prepareFiles } from '../stage/prepare.ts'
import type { Workspaces } from '../stage/workspace.ts'

export interface StagingParts {
  readonly cache: BlobCache
  readonly fetcher: BlobFetcher
  readonly workspaces: Workspaces
  /** holds attempts/<id> */
  readonly attempts: string
  /** makes a folder be gone */
  readonly discard: (path: string) => void
  readonly dispatch: (event: Event) => void
}

export class Staging {
  readonly #parts: StagingParts
  /** what the keeper has to put in place, until it is given */
  readonly #ready = new Map<AttemptId, readonly StagedFile[]>()
  readonly #wanted = new Set<AttemptId>()
  /** jobsets whose init files are known to be in the cache */
  readonly #complete = new Set<string>()

  constructor(parts: StagingParts) {
    this.#parts = parts
  }

  /** Dispatches staged or stage_failed, unless it is unstaged before. */
  async stage(attempt: Attempt, jobset: JobsetInfo | undefined): Promise<void> {
    const { work } = attempt
    if (work.kind === 'adopted') return
    this.#wanted.add(work.id)
    try {
      if (jobset === undefined) throw new DistError('bug', `jobset ${work.uid} is not known`)
      const folder = work.kind === 'build' ? await this.#build(work, jobset) : await this.#job(work, jobset)
      if (this.#wanted.has(work.id)) this.#parts.dispatch({ kind: 'staged', id: work.id, folder })
      else this.#clean(work.id)
    } catch (error) {
      if (!this.#wanted.delete(work.id)) {
        this.#clean(work.id)
        return
      }
      const again = ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')
      this.#parts.dispatch({ kind: 'stage_failed', id: work.id, reason: errorMessage(error), again })
    }
  }

  /** Nobody wants it any more. */
  unstage(id: AttemptId): void {
    this.#wanted.delete(id)
    this.#clean(id)
  }

  /** The steps for the keeper. They are kept until the attempt is over: a keeper that died is given them again. */
  files(id: AttemptId): readonly StagedFile[] {
    return this.#ready.get(id) ?? []
  }

  /** The attempt is over. */
  done(id: AttemptId): void {
    this.#wanted.delete(id)
    this.#ready.delete(id)
  }

  async #build(work: Extract<Work, { kind: 'build' }>, jobset: JobsetInfo): Promise<boolean> {
    const { cache, workspaces } = this.#parts
    await this.#fetch([...(jobset.buildFile === null ? [] : [jobset.buildFile]), ...jobset.files])
    if (!this.#wanted.has(work.id)) return false
    await workspaces.layOut({ uid: work.uid, build: work.id, buildFile: jobset.buildFile, files: jobset.files }, (hash) => cache.path(hash))
    return false
  }

  /** Init files are needed too: a node that built before may have lost them from its cache. */
  async #job(work: Extract<Work, { kind: 'job' }>, jobset: JobsetInfo): Promise<boolean> {
    const { cache, attempts } = this.#parts
    await this.#fetch(this.#complete.has(work.uid) ? [work.script, ...work.files] : [work.script, ...work.files, ...jobset.files])
    this.#complete.add(work.uid)
    const { files, folder } = await prepareFiles(work.files, join(attempts, work.id), (hash) => cache.path(hash))
    this.#ready.set(work.id, files)
    return folder
  }

  async #fetch(blobs: readonly { readonly sha256: string; readonly size: number }[]): Promise<void> {
    const missing = await this.#parts.cache.missing(blobs)
    if (missing.length > 0) await this.#parts.fetcher.fetch(missing)
  }

  #clean(id: AttemptId): void {
    this.#ready.delete(id)
    this.#parts.discard(join(this.#parts.attempts, id))
  }
}
