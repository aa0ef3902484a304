// A jobset that gets no nodes until it is released: `dist hold`. What runs goes on. Guarded by `held IS NULL`: whoever
// held it first stays the one who did.
import type { JobsetId } from '../../../shared/model/ids.ts'
import { transition } from '../transition.ts'

/** False when it was held already, or has ended. */
export const hold = transition<{ readonly jobset: JobsetId; readonly by: string }, boolean>((db) => {
  const update = db.prepare("UPDATE jobset SET held = ? WHERE id = ? AND held IS NULL AND state = 'active'")
  return ({ jobset, by }, context) => {
    const held = update.run(by, jobset).changes > 0
    if (held) context.event('jobset_changed', { jobset }, { by, held: true })
    return held
  }
})
