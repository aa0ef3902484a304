// Whether a trial may need batchtools, told from texts that are at hand while it is staged: a wrong yes costs a listener and, once
// an environment, a look by Python; a plain trial pays nothing. Called by loop/staging.ts.
import { readFileSync } from 'node:fs'
import type { InputFile } from '../../shared/model/jobset.ts'
import type { JobsetInfo, Work } from '../core/work.ts'

type Job = Extract<Work, { kind: 'job' }>

const words = /batchtk|batchtools|netpyne|nrniv|RUNTK|SOCNAME|MSGFILE/
const sources = /\.(py|ipynb|sh|hoc|toml|cfg)$/
/** bytes of one file, and files of one jobset, that are looked into */
const mostBytes = 1 << 20
const mostFiles = 500

export class NeedsBatchtools {
  readonly #blob: (sha256: string) => string
  /** by content: the files of a search are the same for all its trials */
  readonly #known = new Map<string, boolean>()

  constructor(blob: (sha256: string) => string) {
    this.#blob = blob
  }

  /** Its contents are in the cache. Code that a build clones cannot be seen yet, and an image never. */
  of(job: Job, jobset: JobsetInfo): boolean {
    const texts = [job.run ?? '', jobset.trialRules?.setup ?? '', jobset.buildCommand ?? '', ...job.args]
    if (jobset.source !== null || jobset.kind === 'apptainer' || texts.some((text) => words.test(text))) return true
    if (job.script !== null && this.#mentions(job.script)) return true
    const files = [...job.files, ...jobset.files].filter(({ name }) => sources.test(name))
    return files.length > mostFiles || files.some((file) => this.#mentions(file))
  }

  #mentions({ sha256, size }: InputFile): boolean {
    if (size > mostBytes) return false
    let found = this.#known.get(sha256)
    if (found === undefined) {
      if (this.#known.size > 10_000) this.#known.clear()
      found = words.test(readFileSync(this.#blob(sha256), 'utf8'))
      this.#known.set(sha256, found)
    }
    return found
  }
}
