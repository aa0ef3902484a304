// What of a pull is on its way, and when it is put in place: when the disk has it, so that after a power cut there is no half
// or empty file under a result's name either. A job of which nothing is there yet comes as one folder, when it is whole:
// one rename instead of thousands, and nobody sees half a job. What belongs to a job that is there comes file by file.
import type { WantedFile } from './checked-manifest.ts'
import type { Tally } from './pull-totals.ts'
import type { SaveFolder } from './save-folder.ts'
import type { WorkFolder } from './work-folder.ts'

/** After so much the disk is asked to take it, while transfers go on. */
const mostWaiting = { files: 20_000, bytes: 1 << 30, ms: 10_000 }

/** A job, or an attempt, that is being fetched. */
interface JobWork {
  readonly path: string
  /** nothing of it is there, and nothing was left of it */
  readonly isFresh: boolean
  /** files that are to come, and one while it is listed */
  open: number
  files: number
  bytes: number
}

export class Staging {
  readonly #folder: SaveFolder
  readonly #work: WorkFolder
  readonly #onPlaced: (placed: Tally) => void
  readonly #jobs = new Map<string, JobWork>()
  #files: WantedFile[] = []
  #wholeJobs: JobWork[] = []
  #waiting = { files: 0, bytes: 0, since: 0 }
  #settling: Promise<void> = Promise.resolve()

  constructor(folder: SaveFolder, work: WorkFolder, onPlaced: (placed: Tally) => void) {
    this.#folder = folder
    this.#work = work
    this.#onPlaced = onPlaced
  }

  /** All of the job was listed. */
  listed(job: string): void {
    const known = this.#jobs.get(job)
    if (known !== undefined) this.#close(known)
  }

  folder(job: string, path: string): void {
    // one that is there needs no work
    if (!this.#folder.hasFolder(path)) this.#treeOf(job).makeFolder(path)
  }

  /** True when it was not there like that. */
  link(job: string, path: string, target: string): boolean {
    if (this.#folder.hasLink(path, target)) return false
    this.#treeOf(job).makeLink(path, target, this.#work.temporary())
    return true
  }

  /** Tells that the file will be fetched; true when something of it was left by an earlier pull. */
  expect(file: WantedFile): boolean {
    const job = this.#job(file.under)
    job.open++
    return !job.isFresh && this.#work.hasLeftovers && this.#work.stage.hasAny(file.path)
  }

  /** Takes a file that is in the work folder, whole and checked. */
  add(file: WantedFile): void {
    const job = this.#job(file.under)
    if (this.#waiting.files === 0) this.#waiting.since = performance.now()
    this.#waiting.files++
    this.#waiting.bytes += file.size
    job.files++
    job.bytes += file.size
    if (!job.isFresh) this.#files.push(file)
    this.#close(job)
  }

  /** Tells that the file will not come. */
  giveUp(file: WantedFile): void {
    this.#work.drop(file)
    this.#close(this.#job(file.under))
  }

  /** True when so much waits that it should be settled. */
  get isDue(): boolean {
    const { files, bytes, since } = this.#waiting
    return files > 0 && (files >= mostWaiting.files || bytes >= mostWaiting.bytes || performance.now() - since > mostWaiting.ms)
  }

  /** Syncs what came and puts in place what is whole; one call after the other. */
  settle(): Promise<void> {
    const [files, jobs, isAny] = [this.#files, this.#wholeJobs, this.#waiting.files > 0]
    this.#files = []
    this.#wholeJobs = []
    this.#waiting = { files: 0, bytes: 0, since: 0 }
    this.#settling = this.#settling.then(async () => {
      if (isAny) await this.#work.sync()
      this.#place(files, jobs)
    })
    return this.#settling
  }

  /** The end: all that is whole is in place, and the disk knows the names too. */
  async finish(): Promise<void> {
    const isAny = this.#waiting.files > 0
    await this.settle()
    if (isAny) await this.#work.sync()
  }

  #place(files: readonly WantedFile[], jobs: readonly JobWork[]): void {
    const { stage } = this.#work
    for (const file of files) {
      this.#folder.place(file.path, stage.pathFor(file.path))
      this.#onPlaced({ files: 1, bytes: file.size })
    }
    for (const job of jobs) {
      this.#folder.place(job.path, stage.pathFor(job.path))
      this.#onPlaced(job)
    }
    const moved = new Set(jobs.map((job) => job.path))
    stage.forget(moved)
    this.#folder.forget(moved)
  }

  /** Begins a job the first time that something of it is wanted. */
  #job(path: string): JobWork {
    const known = this.#jobs.get(path)
    if (known !== undefined) return known
    const { hasLeftovers, stage } = this.#work
    const isFresh = !this.#folder.hasAny(path) && !(hasLeftovers && stage.hasAny(path))
    if (isFresh) stage.makeFolder(path)
    const job: JobWork = { path, isFresh, open: 1, files: 0, bytes: 0 }
    this.#jobs.set(path, job)
    return job
  }

  #treeOf(job: string): SaveFolder {
    return this.#job(job).isFresh ? this.#work.stage : this.#folder
  }

  #close(job: JobWork): void {
    job.open--
    if (job.open > 0) return
    this.#jobs.delete(job.path)
    if (job.isFresh) this.#wholeJobs.push(job)
  }
}
