// The key of a build that other jobsets may use (node.md 2): what went into it, hashed. Two jobsets with the same key would
// build the same thing. Asked by loop/staging.ts and loop/run-effects.ts.
import { createHash } from 'node:crypto'
import type { JobsetInfo } from '../core/work.ts'
import type { Environment } from '../launcher/messages.ts'

export interface KeyFacts {
  /** what builds inherit from the agent */
  readonly inherited: Environment
  /** version of the interpreter, null where there is none */
  readonly python: string | null
}

/** 64 hex digits; null for a build that belongs to its own jobset alone. */
export function buildKey(jobset: JobsetInfo, { inherited, python }: KeyFacts): string | null {
  if (!jobset.share) return null
  const { kind, buildFile, buildCommand, source, files } = jobset
  const inputs = files.map(({ name, sha256, mode }) => [name, sha256, mode]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  const environment = Object.entries(inherited).sort(([a], [b]) => (a < b ? -1 : 1))
  const parts = [kind, buildFile?.sha256 ?? null, buildCommand, source, inputs, environment, python]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
