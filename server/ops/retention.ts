// Removes results by the rule in head.yaml: nothing goes without one. In small steps, each marked in the store before its
// files go, so that a head that dies in between neither shows results that are half gone nor forgets to go on.
import { Breather } from '../../shared/base/breather.ts'
import type { RetentionRule } from '../../shared/config/head-settings.ts'
import type { Expirable } from '../ports/expirable.ts'
import type { ResultPlaces } from '../ports/result-places.ts'
import type { Store } from '../ports/store.ts'
import { manifestBytes } from '../store/transitions/namespace-bytes.ts'
import type { ResultRef } from '../store/transitions/remove-results.ts'
import type { DataPaths } from './data-paths.ts'
import { removeFiles } from './remove-files.ts'
import type { Sum } from './sum.ts'

export interface RetentionDependencies {
  readonly folder: DataPaths
  readonly store: Store
  readonly expirable: Expirable
  readonly places: ResultPlaces
}

const dayMs = 24 * 3600_000
/** Results marked in one transaction. */
const step = 100

/** Adds what went to `sum`; with `dry` what would go. `now`: wall ms. */
export async function applyRetention(
  deps: RetentionDependencies,
  rule: RetentionRule,
  now: number,
  dry: boolean,
  sum: Sum,
  signal: AbortSignal,
): Promise<void> {
  const { expirable, store } = deps
  if (!dry) await remove(deps, expirable.marked(), sum)
  for (const jobset of expirable.jobsets(now - rule.days * dayMs)) {
    const results = expirable.results(jobset, rule.attemptsOnly)
    for (let at = 0; at < results.length; at += step) {
      signal.throwIfAborted()
      const items = results.slice(at, at + step)
      if (dry) for (const item of items) sum.add(bytesOf(deps, item))
      else await remove(deps, await store.run('removeResults', { items, onlyBeside: rule.attemptsOnly }), sum)
    }
  }
}

async function remove(deps: RetentionDependencies, items: readonly ResultRef[], sum: Sum): Promise<void> {
  if (items.length === 0) return
  const breather = new Breather()
  for (const item of items) {
    const place = deps.places[item.kind](item.id)
    if (place === undefined) continue
    removeFiles(deps.folder.results, place, manifestOf(deps, item))
    sum.add(bytesOf(deps, item))
    if (breather.due) await breather.breathe()
  }
  await deps.store.run('resultsRemoved', { items })
}

function bytesOf(deps: RetentionDependencies, item: ResultRef): number {
  return manifestBytes(manifestOf(deps, item))
}

function manifestOf({ places }: RetentionDependencies, { kind, id }: ResultRef) {
  return kind === 'attempt' ? places.attemptManifest(id) : places.buildManifest(id)
}
