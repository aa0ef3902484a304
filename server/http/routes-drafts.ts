// Routes of a jobset that is being submitted: open, take its jobs, name what is missing, commit, throw away.
// Contents come in through routes-uploads. Everything may be repeated.
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import type { SubmitMode } from '../../shared/model/submission.ts'
import type { DraftFacts, DraftReads } from '../ports/draft-reads.ts'
import type { Caller } from '../ports/identities.ts'
import { checkSpec } from './check-inputs.ts'
import type { Handlers, HttpContext } from './deps.ts'
import { tellingWhatExists } from './exists-error.ts'
import { readJobLines } from './job-lines.ts'
import { actingAs, assertOwner } from './ownership.ts'
import { readBody } from './read-body.ts'

type Names = 'createDraft' | 'putJobs' | 'missingBlobs' | 'commitDraft' | 'dropDraft'

export function draftHandlers(context: HttpContext): Handlers<Names> {
  const { head, store, blobs, turns, space, random, ops } = context
  const { drafts } = context.reads
  return {
    async createDraft({ body, caller }) {
      const { requestId: id, spec, text, jobCount, mode, provenance } = body
      const compiled = asRun(spec as unknown as JobsetSpec)
      checkSpec(compiled)
      checkJobs(compiled, jobCount, mode)
      const admin = actingAs(caller) === null
      const request = { id, owner: caller.name, spec: compiled, text, jobCount, mode, provenance, admin }
      const made = await tellingWhatExists(head, () => store.run('createDraft', request))
      if (made.kind === 'open') {
        // Only now: a request that was answered before is answered the same again.
        await ops.assertQuota(compiled.meta.namespace).catch(async (error: unknown) => {
          await store.run('dropDraft', { draft: id, by: actingAs(caller) })
          throw error
        })
      }
      return made.kind === 'open' ? { draft: id, state: 'open', jobset: null } : { draft: id, state: 'committed', jobset: made.jobset }
    },

    putJobs({ params: { draft }, caller, stream, signal }) {
      const { jobCount, batch, kind } = findDraft(drafts, draft, caller)
      return turns.take(`jobs ${draft}`, signal, async (mine) => {
        const jobs = await readJobLines(readBody(stream, space, mine), { kind, batchName: batch, jobCount }, async (slice) => {
          await store.run('putDraftJobs', { draft, by: actingAs(caller), ...slice })
        })
        if (jobs === jobCount) return { jobs }
        throw new DistError('bad_jobset', `${jobs} jobs came, ${jobCount} were announced`, { hint: 'send all jobs of the file' })
      })
    },

    missingBlobs({ params: { draft }, caller }) {
      const { owner } = findDraft(drafts, draft, caller)
      const pieces = blobs.piecesOf(owner)
      return { missing: drafts.missing(draft).map((blob) => ({ ...blob, have: pieces.get(blob.sha256) ?? 0 })) }
    },

    async commitDraft({ params: { draft }, caller }) {
      const uid = random(8).toString('hex')
      const made = await tellingWhatExists(head, () => head.commitDraft({ draft, by: actingAs(caller), uid }))
      return { ...head.jobset(made.jobset), submitted: made.counts }
    },

    async dropDraft({ params: { draft }, caller }) {
      // What came of large contents stays for a day: whoever sends them again goes on there.
      await store.run('dropDraft', { draft, by: actingAs(caller) })
      return { ok: true }
    },
  }
}

/** All jobs of a search are its trials: what it says for them is said for the jobset. */
function asRun(spec: JobsetSpec): JobsetSpec {
  return spec.search === undefined ? spec : { ...spec, options: spec.search.options }
}

/** The jobs of a search come later, made by the head. */
function checkJobs({ search }: JobsetSpec, jobs: number, mode: SubmitMode): void {
  if (search === undefined && jobs === 0) throw new DistError('bad_jobset', 'the jobset has no jobs', { hint: 'add one, or a search' })
  if (search !== undefined && jobs > 0) {
    throw new DistError('bad_jobset', 'a jobset with a search has no jobs of its own: the search makes them', {
      hint: 'remove jobs, or search',
    })
  }
  if (search !== undefined && (mode === 'extend' || mode === 'resume')) {
    throw new DistError('bad_jobset', 'a search is not added to by its file', {
      hint: 'dist search extend adds samples; --new-version makes another search',
    })
  }
}

/** The draft, if it is there and the caller's. */
export function findDraft(drafts: DraftReads, draft: string, caller: Caller): DraftFacts {
  const found = drafts.find(draft)
  if (found === undefined) {
    throw new DistError('not_found', `there is no draft ${draft}`, { hint: 'it was thrown away, or its jobset is finished: add it again' })
  }
  assertOwner(caller, found.owner, `the draft ${draft}`)
  return found
}
