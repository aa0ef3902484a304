// Routes by which results that were computed on a cluster come in (`dist import`): manifest, files, commit. Everything may be repeated.
import { DistError } from '../../shared/base/errors.ts'
import type { AttemptId, JobsetId } from '../../shared/model/ids.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import type { Outcome } from '../../shared/model/outcome.ts'
import type { Caller } from '../ports/identities.ts'
import type { ImportedItem } from '../ports/imported.ts'
import type { Handlers, HttpContext } from './deps.ts'
import { assertOwner } from './ownership.ts'
import { readBody } from './read-body.ts'

type Names = 'importManifest' | 'importFiles' | 'importAttempts'
type Item = { readonly attempt: string; readonly outcome: { readonly kind: string } }

export function importHandlers({ head, guard, uploads, turns, space, ops }: HttpContext): Handlers<Names> {
  function assertMay(id: JobsetId, caller: Caller): string {
    const { owner, namespace, batch } = head.jobset(id)
    assertOwner(caller, owner, `${namespace}/${batch}`)
    return namespace
  }

  /** An id that has a row is committed already, or a node's: nothing may be written for it. */
  function isKnown(attempt: AttemptId, jobset: JobsetId): boolean {
    const of = guard.jobsetOf(attempt)
    if (of !== null && of !== jobset) throw new DistError('forbidden', `the attempt ${attempt} is of another jobset`, { ids: { attempt } })
    return of !== null
  }

  return {
    async importManifest({ params: { jobset, attempt }, body, caller, signal }) {
      const namespace = assertMay(jobset, caller)
      if (isKnown(attempt, jobset)) return { missing: [] }
      await ops.assertQuota(namespace)
      return turns.take(`result ${attempt}`, signal, async () => ({
        missing: await uploads.putManifest(attempt, body.manifest as Manifest),
      }))
    },

    importFiles({ params: { jobset, attempt }, caller, stream, signal }) {
      assertMay(jobset, caller)
      if (isKnown(attempt, jobset))
        throw new DistError('superseded', `nothing of ${attempt} is wanted: it is here already`, { ids: { attempt } })
      return turns.take(`result ${attempt}`, signal, async (mine) => ({
        missing: await uploads.putFiles(attempt, readBody(stream, space, mine)),
      }))
    },

    async importAttempts({ params: { jobset }, body, caller }) {
      assertMay(jobset, caller)
      const items: ImportedItem[] = []
      for (const item of body.items) {
        const { attempt: id, host: node, outcome, ...rest } = item
        const known = isKnown(id as AttemptId, jobset)
        const manifest = known ? [] : await uploads.complete(id)
        items.push({ ...rest, id, node, started: true, outcome: outcomeOf(item), trial: null, result: { kind: 'incoming', manifest } })
      }
      const replies = await head.imported(jobset, items)
      for (const { attempt, verdict } of replies) if (verdict !== 'duplicate') uploads.settle(attempt)
      return { replies: replies.map(({ attempt, verdict }) => ({ attempt, verdict })) }
    },
  }
}

/** The wire's optional fields become the model's variants. */
function outcomeOf({
  outcome,
}: Item & {
  readonly outcome: { exitCode?: number | null | undefined; signal?: string | null | undefined; reason?: string | undefined }
}): Outcome {
  switch (outcome.kind) {
    case 'succeeded':
    case 'timeout':
      return { kind: outcome.kind }
    case 'build_failed':
    case 'stage_failed':
      return { kind: outcome.kind, reason: outcome.reason ?? 'no reason was given' }
    default:
      return { kind: 'failed', exitCode: outcome.exitCode ?? null, signal: outcome.signal ?? null }
  }
}
