// What `dist verify` says, a JSON object a line: findings as they are met, progress about once a second, the sum at the end.

/** `extra` is no damage: a file that people put there, or a leftover that `dist gc` removes. */
export type FindingKind = 'missing' | 'changed' | 'unreadable' | 'extra'

export interface Finding {
  readonly kind: FindingKind
  /** relative to the data folder */
  readonly path: string
  /** what is wrong, in words */
  readonly detail: string
}

export interface VerifyCount {
  /** files looked at */
  readonly files: number
  /** bytes hashed */
  readonly bytes: number
}

export type VerifyLine =
  | ({ readonly line: 'finding' } & Finding)
  | ({ readonly line: 'progress' } & VerifyCount)
  | ({ readonly line: 'done'; readonly found: Readonly<Record<FindingKind, number>> } & VerifyCount)

export const noFindings: Readonly<Record<FindingKind, number>> = { missing: 0, changed: 0, unreadable: 0, extra: 0 }
