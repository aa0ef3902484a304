// Routes by which a node sends what its attempts and builds produced: manifest, files, live output. Only its own, and
// only while the head has not said the last word on them.
import { DistError } from '../../shared/base/errors.ts'
import type { AttemptId } from '../../shared/model/ids.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import type { Caller } from '../ports/identities.ts'
import type { Handlers, HttpContext } from './deps.ts'
import { logChunkBytes } from './limits.ts'
import { readBody, readSmallBody } from './read-body.ts'

export function attemptHandlers({ guard, uploads, turns, space }: HttpContext): Handlers<'putManifest' | 'putFiles' | 'putLog'> {
  function assertMayUpload(attempt: AttemptId, caller: Caller): void {
    if (guard.mayUpload(attempt, caller.id)) return
    throw new DistError('superseded', `nothing of ${attempt} is wanted from this node`, {
      hint: 'it is committed, superseded or not its own: wait for the verdict and forget it',
      ids: { attempt },
    })
  }

  /** The result may be committed while this waits for its turn, and while it writes: then nothing of it may stay. */
  function take(attempt: AttemptId, caller: Caller, signal: AbortSignal, act: (signal: AbortSignal) => Promise<string[]>) {
    assertMayUpload(attempt, caller)
    return turns.take(`result ${attempt}`, signal, async (mine) => {
      assertMayUpload(attempt, caller)
      try {
        return { missing: await act(mine) }
      } finally {
        uploads.discardLate(attempt)
      }
    })
  }

  return {
    putManifest: ({ params: { attempt }, body, caller, signal }) =>
      take(attempt, caller, signal, () => uploads.putManifest(attempt, body.manifest as Manifest)),

    putFiles: ({ params: { attempt }, caller, stream, signal }) =>
      take(attempt, caller, signal, (mine) => uploads.putFiles(attempt, readBody(stream, space, mine))),

    async putLog({ params: { attempt }, query: { offset, skipped }, caller, stream, signal }) {
      assertMayUpload(attempt, caller)
      const chunk = await readSmallBody(stream, logChunkBytes, space, signal)
      if (chunk === null) throw new DistError('too_large', `a chunk of output has at most ${logChunkBytes} bytes`)
      // the result may have been committed while the chunk came: its live output is gone and must stay so
      assertMayUpload(attempt, caller)
      return { have: uploads.appendOutput(attempt, offset, chunk, skipped) }
    },
  }
}
