// How an attempt ended (node.md 7), and what it used.

export type Outcome =
  | { readonly kind: 'succeeded' }
  /** exit code, or the signal that killed it (`SIGSEGV`) */
  | { readonly kind: 'failed'; readonly exitCode: number | null; readonly signal: string | null }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'oom' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'build_failed'; readonly reason: string }
  | { readonly kind: 'stage_failed'; readonly reason: string }

/** What an attempt used. Seconds, bytes. */
export interface Usage {
  readonly wallSeconds: number
  readonly userSeconds: number
  readonly systemSeconds: number
  readonly peakMemory: number
  /** where peakMemory comes from: `rusage` (largest process of the tree), `cgroup`, `sampled` */
  readonly memorySource: string
}

/** One short phrase for tables and messages: `succeeded`, `failed: exit code 201`, `failed: SIGSEGV`. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'failed':
      return outcome.signal === null ? `failed: exit code ${outcome.exitCode}` : `failed: ${outcome.signal}`
    case 'lost':
    case 'build_failed':
    case 'stage_failed':
      return `${outcome.kind.replace('_', ' ')}: ${outcome.reason}`
    default:
      return outcome.kind
  }
}
