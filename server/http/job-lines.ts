// The NDJSON body of putJobs: lines out of chunks, parsed and checked, handed on in slices. Other requests get their turn
// in between: 10 000 lines take a quarter of a second.
import { jobLine } from '../../shared/api/shapes.ts'
import { Breather } from '../../shared/base/breather.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { InputFile, JobSpec, Kind } from '../../shared/model/jobset.ts'
import { jobFiles } from '../../shared/model/jobset-files.ts'
import { circleText, needsProblems } from '../../shared/model/needs.ts'
import { checkJob } from './check-inputs.ts'
import { jobLines as limits } from './limits.ts'
import { problems } from './validate.ts'

interface JobRow {
  readonly name: string
  readonly spec: string
  readonly demand: string | null
}

export interface JobSlice {
  /** index of its first job */
  readonly first: number
  readonly jobs: readonly JobRow[]
  /** contents that its jobs name, once each */
  readonly blobs: readonly { readonly sha256: string; readonly size: number }[]
}

const sliceJobs = 2000
const breathMs = 5
const slicesAhead = 4

/**
 * Calls `onSlice` for every 2000 jobs and for the rest, a few ahead of their being written: reading and writing overlap, and
 * slices share a sync. Answers their number when all are written; throws `bad_jobset` naming the line.
 */
export async function readJobLines(
  source: AsyncIterable<Buffer>,
  draft: { readonly kind: Kind; readonly batchName: string; readonly jobCount: number },
  onSlice: (slice: JobSlice) => Promise<void>,
): Promise<number> {
  const names = new Map<string, number>()
  // shorter than usual: an answer takes a few turns, and somebody may look at the head meanwhile
  const breather = new Breather(breathMs)
  /** jobs with needs; the others end no way and begin none */
  const needing: { name: string; needs: readonly string[] }[] = []
  const underWay: Promise<void>[] = []
  let jobs: JobRow[] = []
  let blobs = new Map<string, number>()
  const flush = async (): Promise<void> => {
    if (jobs.length === 0) return
    const first = names.size - jobs.length
    const slice = { first, jobs, blobs: [...blobs].map(([sha256, size]) => ({ sha256, size })) }
    jobs = []
    blobs = new Map()
    const written = onSlice(slice)
    // its error is met where it is awaited
    written.catch(() => undefined)
    underWay.push(written)
    if (underWay.length >= slicesAhead) await underWay.shift()
  }
  try {
    for await (const line of splitLines(source)) {
      // here and not below: the last slice waits until all needs are checked, so that a draft with wrong ones stays incomplete
      if (jobs.length >= sliceJobs) await flush()
      const number = names.size + 1
      if (number > draft.jobCount) throw new DistError('bad_jobset', `more jobs came than the ${draft.jobCount} that were announced`)
      const job = parseLine(line, number, draft)
      const before = names.get(job.name)
      if (before !== undefined)
        throw new DistError('bad_jobset', `jobs ${before} and ${number} have the same name ${JSON.stringify(job.name)}`)
      names.set(job.name, number)
      if (job.needs.length > 0) needing.push({ name: job.name, needs: job.needs })
      const demand = job.options?.demand
      jobs.push({ name: job.name, spec: JSON.stringify(job), demand: demand === undefined ? null : JSON.stringify(demand) })
      for (const file of jobFiles(job)) addBlob(blobs, file, number)
      if (breather.due) await breather.breathe()
    }
    checkNeeds(needing, names)
    await flush()
    await Promise.all(underWay)
    return names.size
  } finally {
    // whoever sends the jobs again comes behind these
    await Promise.allSettled(underWay)
  }
}

function checkNeeds(needing: readonly { name: string; needs: readonly string[] }[], names: ReadonlyMap<string, number>): void {
  for (const { name, needs } of needing) {
    const unknown = needs.find((need) => !names.has(need))
    if (unknown === undefined) continue
    throw new DistError('bad_jobset', `job ${names.get(name)} needs ${JSON.stringify(unknown)}, and there is no such job`)
  }
  const circle = needsProblems(needing).find(({ kind }) => kind === 'circle')
  if (circle !== undefined) throw new DistError('bad_jobset', `the jobs need each other in a circle: ${circleText(circle.names)}`)
}

function addBlob(blobs: Map<string, number>, { sha256, size, name }: InputFile, number: number): void {
  if ((blobs.get(sha256) ?? size) !== size)
    throw new DistError('bad_jobset', `job ${number}: ${name} has another size than the same content elsewhere`)
  blobs.set(sha256, size)
}

function parseLine(line: string, number: number, draft: { readonly kind: Kind; readonly batchName: string }): JobSpec {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw new DistError('bad_jobset', `line ${number} is no JSON: ${errorMessage(error)}`)
  }
  const result = jobLine.safeParse(value)
  if (!result.success) throw new DistError('bad_jobset', `line ${number} is no job: ${problems(result.error.issues)}`)
  const job = result.data as unknown as JobSpec
  checkJob(job, draft.kind, draft.batchName, `job ${number}`)
  return job
}

/** Lines without their end; empty ones are skipped. */
async function* splitLines(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let held: Buffer[] = []
  let heldBytes = 0
  let total = 0
  for await (const chunk of source) {
    total += chunk.length
    if (total > limits.totalBytes) throw new DistError('too_large', `the jobs have more than ${limits.totalBytes} bytes`)
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end)
      start = end + 1
      const line = held.length === 0 ? part : Buffer.concat([...held, part])
      held = []
      heldBytes = 0
      if (line.length > 0) yield line.toString('utf8')
    }
    if (start === chunk.length) continue
    held.push(chunk.subarray(start))
    heldBytes += chunk.length - start
    if (heldBytes > limits.lineBytes) throw new DistError('too_large', `a job has more than ${limits.lineBytes} bytes`)
  }
  if (heldBytes > 0) yield Buffer.concat(held).toString('utf8')
}
