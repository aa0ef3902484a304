// From a jobset file and flags to what `dist add` and `dist up` submit, checked, with where it comes from.
import { dirname } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import type { Provenance } from '../../shared/model/submission.ts'
import type { Context } from '../context.ts'
import { namedJobsetFile } from '../local/jobset-file.ts'
import { type GitLook, lookAtGit } from './git-state.ts'
import { sources } from './hash-inputs.ts'
import { type Prepared, prepare } from './prepare.ts'
import { provenanceOf } from './provenance.ts'
import { parseSet, withParams } from './set-params.ts'

export interface SubmitFlags {
  readonly rebuild?: boolean
  readonly set?: readonly string[]
  readonly requireCleanGit?: boolean
}

export interface ReadyToSubmit {
  readonly prepared: Prepared
  readonly provenance: () => Promise<Provenance>
}

/** Reads and checks the file while git looks at its tree; what flags change of it is in the answer. Throws `usage`, `bad_jobset`. */
export async function readyToSubmit(context: Context, name: string | undefined, options: SubmitFlags): Promise<ReadyToSubmit> {
  const set = parseSet(options.set ?? [])
  const folder = dirname(namedJobsetFile(context.io.cwd, name).path)
  const git = lookAtGit(folder, context.io.env, context.signal)
  const read = prepare(context, name)
  const inputs = sources(read.jobset)
  if (options.requireCleanGit === true) await refuseUnclean(folder, git, inputs)
  const { jobset, unknown } = withParams(asWanted(read.jobset, options.rebuild === true), set)
  for (const { name: param, near } of unknown) {
    context.warn(
      `--set ${param}: no params of the file have that name; every job gets it`,
      near === null ? undefined : `did you mean '${near}'?`,
    )
  }
  return { prepared: { ...read, jobset }, provenance: () => provenanceOf(git, inputs, set) }
}

/** What a flag changes of the file. */
function asWanted(jobset: Prepared['jobset'], rebuild: boolean): Prepared['jobset'] {
  return rebuild ? { ...jobset, initialize: { ...jobset.initialize, rebuild } } : jobset
}

const uncleanShown = 5

async function refuseUnclean(folder: string, git: GitLook | null, inputs: ReadonlySet<string>): Promise<void> {
  if (git === null) {
    throw new DistError('usage', `${folder} lies in no git repository, and --require-clean-git was given`, {
      hint: 'put it under version control with `git init`, or leave --require-clean-git out',
    })
  }
  const unclean = await git.unclean(inputs)
  if (unclean.length === 0) return
  const shown = unclean.slice(0, uncleanShown).join(', ')
  const more = unclean.length > uncleanShown ? `, and ${unclean.length - uncleanShown} more` : ''
  throw new DistError('usage', `not as committed: ${shown}${more}; nothing was sent`, {
    hint: 'commit them (files of the jobset that git does not know count too), or leave --require-clean-git out',
  })
}
