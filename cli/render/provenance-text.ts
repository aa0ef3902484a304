// One line about where a jobset comes from, for people: `dist add` says it, and whoever shows a jobset.
import type { JobsetReply } from '../../shared/api/types.ts'
import { counted } from './labels.ts'
import { oneLine } from './text-width.ts'

type Told = NonNullable<JobsetReply['provenance']>

/** `anna@desk with dist 0.1.0, commit 1234567890 on main with uncommitted changes, --set alpha=0.5` */
export function provenanceText(told: Told): string {
  const git = gitText(told)
  const set = Object.entries(told.set).map(([name, value]) => `--set ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return oneLine([`${told.user}@${told.host} with dist ${told.version}`, ...(git === null ? [] : [git]), ...set].join(', '))
}

/** Null where there is no git. */
export function gitText({ git }: Told): string | null {
  if (git === null) return null
  const commit = git.commit === null ? 'a tree without a commit' : `commit ${git.commit.slice(0, 10)}`
  const parts = [
    ...(git.dirty === true ? ['uncommitted changes'] : []),
    ...(git.untracked > 0 ? [`${counted(git.untracked, 'input')} that git does not know`] : []),
  ]
  const unknown = git.dirty === null ? ', changes unknown' : ''
  const place = git.branch === null ? '' : ` on ${git.branch}`
  return oneLine(`${commit}${place}${parts.length === 0 ? '' : ` with ${parts.join(' and ')}`}${unknown}`)
}
