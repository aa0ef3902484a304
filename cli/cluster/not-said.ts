// What a jobset file says that a cluster's scheduler does not do for us. Pure; told by the commands and in the README.
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import type { PlannedJob } from './plan-bundle.ts'

/** A phrase each. */
export function notSaid(spec: JobsetSpec<unknown>, jobs: readonly PlannedJob<unknown>[]): string[] {
  const left: string[] = []
  if (jobs.some(({ options }) => options.retries.max > 0)) left.push('retries (run schedule_jobs.sh again)')
  if (spec.after.length > 0) left.push(`waiting for ${spec.after.join(', ')}`)
  if (spec.meta.capabilities.length > 0) left.push(`capabilities (${spec.meta.capabilities.join(', ')}: load them in site.sh)`)
  return left
}
