// Gets an attempt's inputs to where the keeper can take them: blobs into the cache, a build's workspace laid out, a
// job's large files copied beside the running job. Answers the core's `stage`.
import { join } from 'node:path'
import { DistError, errorMessage, isDiskFull } from '../../shared/base/errors.ts'
import type { AttemptId } from '../../shared/model/ids.ts'
import type { InputFile } from '../../shared/model/jobset.ts'
import { paramsFile, paramsName } from '../../shared/run/params.ts'
import type { Answer } from '../../shared/trial/talk-back.ts'
import type { Event } from '../core/event.ts'
import type { Attempt, JobsetInfo, Place, Work } from '../core/work.ts'
import type { BlobFetcher } from '../head/inputs.ts'
import type { StagedFile } from '../launcher/messages.ts'
import { keptOutput } from '../stage/build-output.ts'
import type { BlobCache } from '../stage/cache.ts'
import type { NeedsBatchtools } from '../stage/needs-batchtools.ts'
import type { Places } from '../stage/places.ts'
import { prepareFiles } from '../stage/prepare.ts'
import { writeSaveRules } from '../stage/save-rules.ts'
import { trialAnswer } from '../stage/trial-answer.ts'
import { writeTrialNote } from '../stage/trial-note.ts'
import { withTrialParams } from '../stage/trial-params.ts'
import { saveFolder, trialParams } from '../stage/trial-place.ts'
import type { Workspaces } from '../stage/workspace.ts'
import type { Listening } from './listening.ts'

export interface StagingParts {
  readonly cache: BlobCache
  readonly fetcher: BlobFetcher
  readonly workspaces: Workspaces
  /** holds attempts/<id> */
  readonly attempts: string
  readonly where: Places['where']
  readonly needs: NeedsBatchtools
  readonly listening: Pick<Listening, 'listen' | 'forget'>
  /** the work folder */
  readonly work: string
  /** where jobs of this node can connect to */
  readonly answerHost: () => string
  /** of a build that may be shared on this node, else null */
  readonly keyOf: (jobset: JobsetInfo) => string | null
  /** throws when this node could never start it */
  readonly check: (work: Exclude<Work, { kind: 'adopted' }>, jobset: JobsetInfo) => void
  /** makes a folder be gone */
  readonly discard: (path: string) => void
  readonly dispatch: (event: Event) => void
}

/** What is needed to start an attempt. */
export interface Staged {
  /** steps for the keeper */
  readonly files: readonly StagedFile[]
  /** of a trial: how it tells its result, and whether it may need batchtools */
  readonly answer: Answer
  readonly needs: boolean
}

const nothingStaged: Staged = { files: [], answer: { kind: 'none' }, needs: false }

export class Staging {
  readonly #parts: StagingParts
  /** what is needed to start it, until it is over */
  readonly #ready = new Map<AttemptId, Staged>()
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
      const lent = work.kind === 'build' ? this.#borrow(work, attempt.place, jobset) : null
      if (lent !== null) {
        this.#parts.dispatch({ kind: 'staged', id: work.id, folder: false, lent })
        return
      }
      const folder = work.kind === 'build' ? await this.#build(work, attempt.place, jobset) : await this.#job(work, jobset)
      if (this.#wanted.has(work.id)) this.#parts.dispatch({ kind: 'staged', id: work.id, folder })
      else this.#clean(work.id)
    } catch (error) {
      if (!this.#wanted.delete(work.id)) {
        this.#clean(work.id)
        return
      }
      this.#parts.dispatch({ kind: 'stage_failed', id: work.id, reason: errorMessage(error), again: isDiskFull(error) })
    }
  }

  /** Nobody wants it any more. */
  unstage(id: AttemptId): void {
    this.#wanted.delete(id)
    this.#clean(id)
  }

  /** Kept until the attempt is over: a keeper that died is given it again. */
  staged(id: AttemptId): Staged {
    return this.#ready.get(id) ?? nothingStaged
  }

  /** Blobs went from the cache: nothing is taken for complete any more. */
  blobsWent(): void {
    this.#complete.clear()
  }

  /** The attempt is over. */
  done(id: AttemptId): void {
    this.#wanted.delete(id)
    this.#ready.delete(id)
    this.#parts.listening.forget(id)
  }

  /** Another jobset's build, if there is one that would do: what it printed. */
  #borrow(work: Extract<Work, { kind: 'build' }>, place: Place, jobset: JobsetInfo): Uint8Array | null {
    const { workspaces, keyOf } = this.#parts
    const key = work.rebuild ? null : keyOf(jobset)
    const lender = key === null ? null : workspaces.lenderOf(key)
    if (lender === null) return null
    workspaces.borrow(place, work.id, jobset, lender)
    return keptOutput(workspaces.outputPath(lender))
  }

  async #build(work: Extract<Work, { kind: 'build' }>, place: Place, jobset: JobsetInfo): Promise<boolean> {
    const { cache, workspaces, check } = this.#parts
    check(work, jobset)
    const { buildFile, sif, files } = jobset
    await this.#fetch([...(buildFile === null ? [] : [buildFile]), ...(sif === null ? [] : [sif]), ...files])
    if (!this.#wanted.has(work.id)) return false
    await workspaces.layOut(place, work.id, jobset, (hash) => cache.path(hash))
    return false
  }

  /** Init files are needed too: a node that built before may have lost them from its cache. */
  async #job(work: Extract<Work, { kind: 'job' }>, jobset: JobsetInfo): Promise<boolean> {
    const { cache, workspaces, attempts, where, check } = this.#parts
    check(work, jobset)
    const own = [...(work.script === null ? [] : [work.script]), ...work.files]
    const shared = [...(jobset.sif === null ? [] : [jobset.sif]), ...jobset.files]
    await this.#fetch(this.#complete.has(work.uid) ? own : [...own, ...shared])
    this.#complete.add(work.uid)
    const { w, plain } = where(work, jobset)
    if (plain) await workspaces.layOutPlain(w, jobset, (hash) => cache.path(hash))
    const home = join(attempts, work.id)
    const prepared = await prepareFiles(await this.#withParams(work), home, (hash) => cache.path(hash))
    const files = work.trial === null ? prepared.files : withTrialParams(prepared.files, home, trialParams(work, work.trial))
    if (work.save !== null) writeSaveRules(home, work.save)
    const needs = work.trial !== null && this.#parts.needs.of(work, jobset)
    this.#ready.set(work.id, { files, needs, answer: await this.#answer(work, jobset, w, needs) })
    return prepared.folder || work.save !== null || work.trial !== null
  }

  /** Of a trial: what it is judged by is written down, and where it will connect to is there. The last of staging. */
  async #answer(work: Extract<Work, { kind: 'job' }>, jobset: JobsetInfo, w: string, needs: boolean): Promise<Answer> {
    const { trial } = work
    const rules = jobset.trialRules
    if (trial === null || rules === null) return nothingStaged.answer
    const { attempts, listening, answerHost } = this.#parts
    writeTrialNote(join(attempts, work.id), { trial, metrics: rules.metrics })
    const { kind } = jobset
    const facts = { id: work.id, trial, rules, kind, folder: saveFolder(kind, w), work: this.#parts.work, host: answerHost() }
    return await trialAnswer({ ...facts, needs, listen: (id, at) => listening.listen(id, at) })
  }

  /** `params` becomes a file like every other; it takes the place of one of the same name. */
  async #withParams(work: Extract<Work, { kind: 'job' }>): Promise<readonly InputFile[]> {
    if (work.params === null || work.trial !== null) return work.files
    const { file, data } = paramsFile(work.params)
    if ((await this.#parts.cache.missing([file])).length > 0) this.#parts.cache.store(file.sha256, data)
    return [...work.files.filter((other) => other.name !== paramsName), file]
  }

  async #fetch(blobs: readonly { readonly sha256: string; readonly size: number }[]): Promise<void> {
    const missing = await this.#parts.cache.missing(blobs)
    if (missing.length > 0) await this.#parts.fetcher.fetch(missing)
  }

  #clean(id: AttemptId): void {
    this.#ready.delete(id)
    this.#parts.listening.forget(id)
    this.#parts.discard(join(this.#parts.attempts, id))
  }
}
