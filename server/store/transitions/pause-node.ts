// A node that gets no new work for a while, and one that gets it again: `dist node pause`, `dist node resume`. What runs
// there goes on. A pause that is over by itself stays in the row: whoever reads it compares `until` with the clock.
import type { NodeId } from '../../../shared/model/ids.ts'
import type { NodePause } from '../../../shared/model/node-pause.ts'
import { transition } from '../transition.ts'

interface PauseInput {
  readonly node: NodeId
  readonly by: string
  /** wall ms; null = until somebody resumes it */
  readonly until: number | null
}

export const pauseNode = transition<PauseInput, null>((db) => {
  const read = db.prepare<[string], string | null>('SELECT paused FROM node WHERE id = ?').pluck()
  const update = db.prepare('UPDATE node SET paused = ? WHERE id = ?')
  return ({ node, by, until }, context) => {
    const text = read.get(node)
    if (text === undefined) return null
    const before = text === null ? null : (JSON.parse(text) as NodePause)
    // the same order again: who said it when stays
    if (before !== null && before.by === by && before.until === until) return null
    const pause: NodePause = { by, at: context.now, until }
    update.run(JSON.stringify(pause), node)
    context.event('node_changed', { node }, { by, paused: true, until })
    return null
  }
})

/** False when it was not paused. */
export const resumeNode = transition<{ readonly node: NodeId; readonly by: string }, boolean>((db) => {
  const update = db.prepare('UPDATE node SET paused = NULL WHERE id = ? AND paused IS NOT NULL')
  return ({ node, by }, context) => {
    const resumed = update.run(node).changes > 0
    if (resumed) context.event('node_changed', { node }, { by, paused: false })
    return resumed
  }
})
