// One line of `dist doctor`, whoever looked: the command itself, dist-server --check, dist-agent --check.

export type CheckLevel = 'ok' | 'warning' | 'problem'

export interface Check {
  /** what was looked at, a word or two; stable */
  readonly name: string
  readonly level: CheckLevel
  readonly message: string
  /** what to do; with warnings and problems */
  readonly hint?: string
}

export interface Checks {
  readonly checks: readonly Check[]
}
