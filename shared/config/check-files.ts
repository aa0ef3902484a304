// The step after parse-jobset.ts: looks at the disk, turns folders into their files, and checks the names that come
// of it. Called by `dist add` and `dist check`. Sync: ten thousand jobs mostly share a few files.
import type { Jobset } from '../model/jobset.ts'
import { FileLists } from './file-lists.ts'
import type { CheckedFile, FileRef } from './file-ref.ts'
import { type Looked, lookAt } from './look-file.ts'
import { type ParseResult, parsePlaced } from './parse-jobset.ts'
import type { Problem } from './problem.ts'

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
  const { options, python, problems } = draft
  const before = problems.count
  const known = new Map<string, Looked>()
  const lists = new FileLists(problems, (file) => {
    const seen = known.get(file.source) ?? look(file.source, file.written, options.folder)
    known.set(file.source, seen)
    return seen
  })
  const buildFile = python?.buildFile == null ? null : lists.script(python.buildFile)
  const initFiles = lists.list(python?.initFiles ?? [])
  const jobs = (python?.jobs ?? []).map((job) => ({
    ...job,
    script: job.script === null ? null : lists.script(job.script),
    files: lists.list(job.files, initFiles),
  }))
  // the fast way knows no places: once more, slowly, to tell them
  if (problems.count > before && !draft.placed) return checkFiles(parsePlaced(draft.text, options), look)
  return { jobset: problems.failed ? null : whole(parsed.jobset, buildFile, initFiles, jobs), problems: problems.located(draft.text) }
}

interface CheckedJob {
  readonly script: CheckedFile | null
  readonly files: readonly CheckedFile[]
}

function whole(
  jobset: Jobset<FileRef> | null,
  buildFile: CheckedFile | null,
  files: readonly CheckedFile[],
  checked: readonly CheckedJob[],
): Jobset<CheckedFile> | null {
  if (jobset === null) return null
  const jobs = jobset.jobs.flatMap(({ name, slurm }, index) => {
    const job = checked[index]
    return job === undefined || job.script === null ? [] : [{ name, slurm, script: job.script, files: job.files }]
  })
  return { ...jobset, initialize: { buildFile, files }, jobs }
}
