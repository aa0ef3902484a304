// From what a jobset is submitted: who, where, which dist, and the state of the git tree that its file lies in. Recorded with
// it on the head. Called by add and up.
import { hostname, userInfo } from 'node:os'
import { packageVersion } from '../../shared/base/package-info.ts'
import type { ParamValue } from '../../shared/model/options.ts'
import type { Provenance } from '../../shared/model/submission.ts'
import type { GitLook } from './git-state.ts'

/** Params given on the command line. */
type Params = Readonly<Record<string, ParamValue>>

/** `git`: null where the jobset file lies in no tree. `inputs`: absolute paths. */
export async function provenanceOf(git: GitLook | null, inputs: ReadonlySet<string>, set: Params): Promise<Provenance> {
  return { user: userName(), host: hostname(), version: packageVersion(), git: git === null ? null : await git.state(inputs), set }
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}
