// Routes of a jobset that is being submitted: open, take its jobs, name what is missing, commit, throw away.
// Contents come in through routes-uploads. Everything may be repeated.
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetSpec } from '../../shared/model/jobset.ts'
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
      const compiled = spec as unknown as JobsetSpec
      checkSpec(compiled)
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

/** The draft, if it is there and the caller's. */
export function findDraft(drafts: DraftReads, draft: string, caller: Caller): DraftFacts {
  const found = drafts.find(draft)
  if (found === undefined) {
    throw new DistError('not_found', `there is no draft ${draft}`, { hint: 'it was thrown away, or its jobset is finished: add it again' })
  }
  assertOwner(caller, found.owner, `the draft ${draft}`)
  return found
}
