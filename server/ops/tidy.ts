// What the head does by itself once an hour: removes results if a rule in head.yaml says so, and old events. Called by
// whoever owns the timer.
import type { RetentionRule } from '../../shared/config/head-settings.ts'
import type { Gate } from './gate.ts'
import { applyRetention, type RetentionDependencies } from './retention.ts'
import { Sum } from './sum.ts'

export interface TidyDependencies extends RetentionDependencies {
  readonly gate: Gate
  readonly rule: RetentionRule | null
  /** wall ms */
  readonly now: number
}

const eventMs = 7 * 24 * 3600_000
const mostEvents = 2_000_000
/** Events removed in one transaction. */
const slice = 5000

/** Does nothing while a backup or a gc is going on: there is a next hour. */
export async function tidy(deps: TidyDependencies, signal: AbortSignal): Promise<void> {
  if (deps.gate.holder !== null) return
  const release = deps.gate.enter('retention')
  try {
    if (deps.rule !== null) await applyRetention(deps, deps.rule, deps.now, false, new Sum(), signal)
    let removed = slice
    while (removed === slice && !signal.aborted) {
      removed = await deps.store.run('trimEvents', { before: deps.now - eventMs, keep: mostEvents, limit: slice })
    }
  } finally {
    release()
  }
}
