// What `dist gc` says, a JSON object a line: progress about once a second, at the end what went (or with `dry` would go).

export interface Collected {
  readonly count: number
  readonly bytes: number
}

export const collectedKinds = ['results', 'drafts', 'inputs', 'uploads', 'packs', 'output'] as const
export type CollectedKind = (typeof collectedKinds)[number]

export type CollectLine =
  | { readonly line: 'progress'; readonly doing: CollectedKind }
  | ({ readonly line: 'done'; readonly dry: boolean } & Readonly<Record<CollectedKind, Collected>>)
  | { readonly line: 'failed'; readonly code: string; readonly message: string }
