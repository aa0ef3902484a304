// What is known of a key of a file: the form of the tables in schema.ts and in agent-settings.ts.

/** What a key holds; `later` = known, but this version does not do it yet. */
export type KeyType =
  | 'text'
  | 'command'
  | 'flag'
  | 'name'
  | 'file'
  | 'files'
  | 'words'
  | 'count'
  | 'many'
  | 'nice'
  | 'priority'
  | 'duration'
  | 'bytes'
  | 'cores'
  | 'max_fails'
  | 'fields'
  | 'env'
  | 'params'
  | 'slurm'
  | 'meta'
  | 'source'
  | 'resources'
  | 'retries'
  | 'save'
  | 'kind'
  | 'initialize'
  | 'jobs'
  | 'search'
  | 'space'
  | 'numbers'
  | 'one_or_more'
  | 'points'
  | 'on_failure'
  | 'batchtk'
  | 'tries'
  | 'any'
  /** taken, and told that it does nothing */
  | 'unneeded'
  | 'later'

export interface Key {
  readonly type: KeyType
  readonly required?: true
  readonly what: string
  /** the words that it may be */
  readonly words?: readonly string[]
}

export type MapSchema = Readonly<Record<string, Key>>
