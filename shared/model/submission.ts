// How a jobset reaches the head, and from what state of the submitter's files: recorded with every `dist add`.
import type { ParamValue } from './options.ts'

/**
 * `new`: the name must be free. `extend`: jobs that are new or changed join what is there. `version`: beside what is there,
 * as `name@2`. `resume`: what is there, if it is the same. All but `new` make a new jobset where there is none.
 */
export const submitModes = ['new', 'extend', 'version', 'resume'] as const
export type SubmitMode = (typeof submitModes)[number]

/** The repository in which the jobset file lies. */
export interface GitState {
  /** of HEAD, hex; null before the first commit */
  readonly commit: string | null
  readonly branch: string | null
  /** tracked files differ from the commit; null = git did not say in time */
  readonly dirty: boolean | null
  /** inputs of the jobset that lie in the tree and are not in git */
  readonly untracked: number
  /** without user and password */
  readonly remote: string | null
}

export interface Provenance {
  readonly user: string
  readonly host: string
  /** of the `dist` that sent it */
  readonly version: string
  readonly git: GitState | null
  /** params that were given on the command line */
  readonly set: Readonly<Record<string, ParamValue>>
  /** SHA-256 of what a script's search is made of: by it the same script finds its search again */
  readonly content?: string | undefined
}

/** What a submission did. `kind` is `new` also when another mode found nothing to add to. */
export interface SubmitCounts {
  readonly kind: 'new' | 'extend' | 'version'
  readonly added: number
  /** run again with what is new */
  readonly changed: number
  /** there already, and the same */
  readonly unchanged: number
}
