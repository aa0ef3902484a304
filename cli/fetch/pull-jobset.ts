// Brings the committed results of a jobset into a folder: page by page, only what is missing or differs.
// Used by pull, add --pull and up.
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobsetReply, ResultReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { checkedManifest, type Wanted } from './checked-manifest.ts'
import { fetchLarge } from './fetch-large.ts'
import { type Fetching, fetchSmall, smallLimit } from './fetch-small.ts'
import type { PathFilter } from './path-filter.ts'
import type { SaveFolder } from './save-folder.ts'

type WantedFile = Extract<Wanted, { kind: 'file' }>

/** Numbers of files and their bytes. */
export interface Tally {
  readonly files: number
  readonly bytes: number
}

export interface PullReport {
  readonly jobs: number
  readonly fetched: Tally
  /** there already, unchanged */
  readonly present: Tally
  /** kept away by the patterns */
  readonly filtered: number
  /** jobs whose results the head's retention rule took away */
  readonly removed: number
  readonly bad: readonly { readonly path: string; readonly problem: string }[]
}

export interface PullWatch {
  /** jobs looked at, bytes fetched so far */
  readonly onProgress: (jobs: number, bytes: number) => void
}

export interface PullOptions {
  readonly filter: PathFilter
  readonly skipFolders: boolean
}

const pageJobs = 500
/** One tar is what a broken connection costs. */
const batchFiles = 2000
const batchBytes = 16 << 20

/** Results, job by job, each checked. Names are unique: two jobs must not write to one folder. */
export async function* eachResult(context: Context, head: HeadClient, jobset: JobsetReply): AsyncGenerator<readonly Wanted[]> {
  const names = new Set<string>()
  let after = -1
  for (;;) {
    const reply = await context.patiently('change', () => head.results(jobset.id, { after, limit: pageJobs }, context.signal))
    for (const result of reply.results) {
      const manifest = checkedManifest(result)
      if (names.has(result.name) || !isNext(result, after)) throw disordered(result)
      names.add(result.name)
      after = result.index
      yield manifest
    }
    if (!reply.more || reply.results.length === 0) return
  }
}

/** Throws what makes going on senseless; single files that the head has no longer are in the report. */
export async function pullJobset(
  context: Context,
  jobset: JobsetReply,
  folder: SaveFolder,
  options: PullOptions,
  watch: PullWatch,
): Promise<PullReport> {
  const head = await context.head()
  const fetched = { files: 0, bytes: 0 }
  const present = { files: 0, bytes: 0 }
  const bad: { path: string; problem: string }[] = []
  let jobs = 0
  let moved = 0
  let filtered = 0
  let removed = 0
  let batch: WantedFile[] = []
  let waiting = 0
  const onBytes = (bytes: number) => {
    moved += bytes
    watch.onProgress(jobs, moved)
  }
  const fetching: Fetching = {
    context,
    head,
    folder,
    onFile: (file) => {
      fetched.files++
      fetched.bytes += file.size
    },
    onBad: (file, problem) => bad.push({ path: file.path, problem }),
  }
  const flush = async () => {
    if (batch.length > 0) await fetchSmall(fetching, jobset.id, batch)
    onBytes(waiting)
    batch = []
    waiting = 0
  }
  folder.prepare()
  for await (const wanted of eachResult(context, head, jobset)) {
    jobs++
    for (const item of wanted) {
      if (item.kind === 'removed') {
        removed++
        continue
      }
      if (item.kind === 'folder') {
        if (!options.skipFolders) folder.makeFolder(item.path)
        continue
      }
      if (!options.filter(item.path)) filtered++
      else if (item.kind === 'link') {
        if (folder.makeLink(item.path, item.target)) fetched.files++
        else present.files++
      } else if (folder.compare(item) === 'same') {
        present.files++
        present.bytes += item.size
      } else if (item.size > smallLimit) await fetchLarge(fetching, item, onBytes)
      else {
        batch.push(item)
        waiting += item.size
        if (batch.length >= batchFiles || waiting >= batchBytes) await flush()
      }
    }
    watch.onProgress(jobs, moved)
  }
  await flush()
  return { jobs, fetched, present, filtered, removed, bad }
}

function isNext(result: ResultReply, after: number): boolean {
  return Number.isSafeInteger(result.index) && result.index > after
}

function disordered(result: ResultReply): DistError {
  return new DistError('bad_path', `the head lists the job ${JSON.stringify(result.name)} twice or out of order`, {
    hint: 'do not trust this head before its administrator has looked',
  })
}
