// The step after parse-jobset.ts: looks at the disk, turns folders into their files, and checks the names that come
// of it. Called by `dist add` and `dist check`. Sync: ten thousand jobs mostly share a few files.
import type { JobSpec, Jobset } from '../model/jobset.ts'
import { FileLists } from './file-lists.ts'
import type { CheckedFile, FileRef } from './file-ref.ts'
import { type Looked, lookAt } from './look-file.ts'
import { type ParseResult, parsePlaced } from './parse-jobset.ts'
import type { Problem, Problems } from './problem.ts'
import { samePlaces } from './reading.ts'

export interface CheckResult {
  /** null when there is an error, in the text or on disk */
  readonly jobset: Jobset<CheckedFile> | null
  /** those of the text too, in the order of the file */
  readonly problems: readonly Problem[]
}

/** How to look at a path; the disk unless a test says otherwise. */
type Look = (source: string, written: string, folder: string) => Looked

export function checkFiles(parsed: ParseResult, look: Look = lookAt): CheckResult {
  const { draft } = parsed
  const { options, kind, search, problems } = draft
  const before = problems.count
  const known = new Map<string, Looked>()
  const lists = new FileLists(problems, (file) => {
    const seen = known.get(file.source) ?? look(file.source, file.written, options.folder)
    known.set(file.source, seen)
    return seen
  })
  const initialize = kind?.initialize
  const buildFile = initialize?.buildFile == null ? null : lists.script(initialize.buildFile, 'script')
  const sif = initialize?.sif == null ? null : lists.script(initialize.sif, 'image')
  const files = lists.list(initialize?.files ?? [])
  const jobs = (kind?.jobs ?? []).map((job) => ({
    script: job.script === null ? null : lists.script(job.script, 'script'),
    files: lists.list(job.files, files),
  }))
  const script = search?.script == null ? null : lists.script(search.script, 'script')
  if (search !== null) checkName(initialize?.files ?? [], problems)
  if (parsed.jobset !== null) checkParams(parsed.jobset, problems)
  // the fast way knows no places: once more, slowly, to tell them
  if (problems.count > before && !draft.placed) return checkFiles(parsePlaced(draft.text, options), look)
  const { jobset } = parsed
  return {
    jobset: problems.failed || jobset === null ? null : whole(jobset, { ...jobset.initialize, buildFile, sif, files }, jobs, script),
    problems: problems.located(draft.text),
  }
}

/** Every trial has an `input/params.json`. */
function checkName(files: readonly FileRef[], problems: Problems): void {
  const file = files.find(({ name }) => name === 'params.json')
  if (file === undefined) return
  problems.error(file.at, file.path, "'params.json' is written for every trial", 'give the file another alias')
}

/** `input/params.json` is ours where a job has parameters. */
function checkParams({ initialize, jobs, options }: Jobset<FileRef>, problems: Problems): void {
  const find = (files: readonly FileRef[]) => files.find(({ name }) => name === 'params.json')
  const initial = find(initialize.files)
  for (const job of jobs) {
    if (Object.keys(job.options?.params ?? options.params).length === 0) continue
    const file = find(job.files) ?? initial
    if (file === undefined) continue
    const message = "'params.json' is written from params"
    problems.folded('error', message, samePlaces, file.at, file.path, message, 'give the file another alias, or remove params')
    if (file === initial) return
  }
}

type CheckedJob = Pick<JobSpec<CheckedFile>, 'script' | 'files'>

function whole(
  { search, ...jobset }: Jobset<FileRef>,
  initialize: Jobset<CheckedFile>['initialize'],
  checked: readonly CheckedJob[],
  script: CheckedFile | null,
): Jobset<CheckedFile> {
  const jobs = jobset.jobs.flatMap((job, index) => {
    const files = checked[index]
    return files === undefined ? [] : [{ ...job, ...files }]
  })
  return { ...jobset, initialize, jobs, ...(search === undefined ? {} : { search: { ...search, script } }) }
}
