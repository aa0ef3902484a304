// From a script's call and its folder to the jobset that does it: read by the reader of jobset files, with the folder as its files.
import { basename } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import { folderName, type JobsetWords, jobsetText } from '../../shared/config/jobset-text.ts'
import { parseJobset } from '../../shared/config/parse-jobset.ts'
import type { Problem } from '../../shared/config/problem.ts'
import { sha256 } from '../../shared/files/digest.ts'
import type { Jobset, LocalFile } from '../../shared/model/jobset.ts'
import type { Inputs } from '../submit/hash-inputs.ts'
import type { ScriptCall } from './script-call.ts'
import type { Shipped } from './ship-folder.ts'

export interface ScriptedJobset {
  readonly jobset: Jobset<LocalFile>
  /** the same as a file */
  readonly text: string
  readonly notices: readonly string[]
}

/** `script`: for messages. Throws `bad_jobset` with everything that is wrong with the call. */
export function scriptedJobset(
  call: ScriptCall,
  shipped: Shipped,
  words: Omit<JobsetWords, 'entries' | 'emptyFolders'>,
  script: string,
): ScriptedJobset {
  const { emptyFolders } = shipped
  const text = jobsetText(call.label, call.search, { ...words, entries: topEntries(shipped), emptyFolders })
  const { jobset, problems } = parseJobset(text, { file: basename(script), folder: call.cwd })
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (jobset === null || errors.length > 0) {
    const lines = errors.map((problem) => shown(problem))
    throw new DistError('bad_jobset', `${script}: ${lines.join('; ')}`, { hint: 'see docs/search.md for what a search may be' })
  }
  const files = shipped.files.map(({ name, source }) => ({ name: `${folderName}/${name}`, source }))
  const notices = problems.filter(({ severity }) => severity !== 'error').map((problem) => shown(problem))
  return { jobset: { ...jobset, initialize: { ...jobset.initialize, files } }, text, notices }
}

/** Entries of the folder itself, folders with a slash. */
export function topEntries({ files }: Pick<Shipped, 'files'>): readonly string[] {
  return [...new Set(files.map(({ name }) => (name.includes('/') ? `${name.split('/', 1)[0]}/` : name)))]
}

/** What the search is made of, but the script itself: a line that it prints afterwards makes no other search. `script`: absolute. */
export function contentOf({ jobset }: ScriptedJobset, inputs: Inputs, script: string): string {
  const { initialize, jobs: _, ...rest } = jobset
  const files = initialize.files.filter(({ source }) => source !== script).map((file) => Object.values(inputs.known(file)))
  return sha256(JSON.stringify([rest, files]))
}

function shown({ path, message, hint }: Problem): string {
  const place = path.replace(/^search\.?/, '')
  return `${place === '' ? '' : `${place}: `}${message}${hint === undefined ? '' : ` (${hint})`}`
}
