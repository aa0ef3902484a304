// Brings results of a jobset into a folder: lists, compares, fetches only what is missing or differs, several at a time.
// Used by pull, add --pull and up, by way of pull-into.ts.
import type { HeadClient } from '../../shared/api/client.ts'
import type { JobsetReply } from '../../shared/api/types.ts'
import type { Context, Stakes } from '../context.ts'
import { refuseCaseClash } from './case-clash.ts'
import type { Wanted, WantedFile } from './checked-manifest.ts'
import { fetchLarge } from './fetch-large.ts'
import { type Fetching, fetchSmall, smallLimit } from './fetch-small.ts'
import { type ListOptions, listResults } from './list-results.ts'
import type { PullTotals } from './pull-totals.ts'
import type { SaveFolder } from './save-folder.ts'
import { type SelectOptions, select } from './selection.ts'
import type { Staging } from './staging.ts'
import { Transfers } from './transfers.ts'
import type { WorkFolder } from './work-folder.ts'

export interface Pulling {
  readonly context: Context
  readonly head: HeadClient
  readonly folder: SaveFolder
  readonly work: WorkFolder
  readonly staging: Staging
  readonly totals: PullTotals
  readonly selection: SelectOptions
  /** transfers at once */
  readonly parallel: number
  /** how patient it is when the head does not answer */
  readonly stakes: Stakes
  /** told what the head's silence means, instead of a note */
  readonly tell: (message: string) => void
}

/** One request is what a broken connection costs. */
const batchFiles = 2000
const batchBytes = 16 << 20

/** One pass; answers the `since` of the next. Throws what makes going on senseless; single bad files are in the totals. */
export async function pullJobset(pulling: Pulling, jobset: JobsetReply, list: ListOptions): Promise<number> {
  const transfers = new Transfers(pulling.parallel, pulling.context.signal)
  const pass = new Pass(pulling, jobset, transfers)
  try {
    const listing = listResults(pass.context, pulling.head, jobset, list)
    for (;;) {
      const next = await listing.next()
      if (next.done === true) {
        pulling.totals.listed = true
        await pass.flush()
        await transfers.end()
        await pulling.staging.finish()
        return next.value
      }
      pulling.totals.look(next.value)
      const wants = select(pulling.selection, next.value.items)
      if (pulling.work.foldsCase) refuseCaseClash(next.value.items.filter(wants))
      for (const item of next.value.items) await pass.take(item, wants(item))
      pulling.staging.listed(next.value.under)
    }
  } catch (error) {
    await transfers.stop()
    // what came is worth keeping; Ctrl-C should not wait for the disk, and the next pull finds it
    if (!pulling.context.signal.aborted) await pulling.staging.finish()
    throw error
  }
}

class Pass {
  /** ends with the first failure of a transfer */
  readonly context: Context
  readonly #pulling: Pulling
  readonly #jobset: JobsetReply
  readonly #transfers: Transfers
  readonly #fetching: Fetching
  #batch: WantedFile[] = []
  #bytes = 0

  constructor(pulling: Pulling, jobset: JobsetReply, transfers: Transfers) {
    const { totals, head, work, staging, stakes, tell } = pulling
    this.context = pulling.context.connected(head, transfers.signal)
    this.#pulling = pulling
    this.#jobset = jobset
    this.#transfers = transfers
    this.#fetching = {
      context: this.context,
      head,
      work,
      staging,
      stakes,
      tell,
      onBytes: (bytes) => totals.arrived(bytes),
      onBad: (file, problem) => {
        totals.bad.push({ path: file.path, problem })
        staging.giveUp(file)
      },
    }
  }

  async take(item: Wanted, isWanted: boolean): Promise<void> {
    const { staging, totals } = this.#pulling
    if (!isWanted) {
      if (item.kind !== 'folder') totals.filtered++
      return
    }
    switch (item.kind) {
      case 'folder':
        staging.folder(item.under, item.path)
        return
      case 'link':
        if (staging.link(item.under, item.path, item.target)) totals.fetched.files++
        else totals.present.files++
        return
      case 'file':
        await this.#takeFile(item)
    }
  }

  async #takeFile(file: WantedFile): Promise<void> {
    const { folder, staging, totals } = this.#pulling
    if ((await folder.compare(file, this.context.signal)) === 'same') {
      totals.present.files++
      totals.present.bytes += file.size
      return
    }
    totals.expected += file.size
    const isLeft = staging.expect(file)
    if (file.size > smallLimit || isLeft) {
      await this.#begin(() => fetchLarge(this.#fetching, file))
      return
    }
    this.#batch.push(file)
    this.#bytes += file.size
    if (this.#batch.length >= batchFiles || this.#bytes >= batchBytes) await this.flush()
  }

  /** Sends the request for the small files gathered so far. */
  async flush(): Promise<void> {
    const files = this.#batch
    if (files.length === 0) return
    this.#batch = []
    this.#bytes = 0
    await this.#begin(() => fetchSmall(this.#fetching, this.#jobset.id, files))
  }

  async #begin(transfer: () => Promise<void>): Promise<void> {
    await this.#transfers.begin(async () => {
      await transfer()
      const { staging } = this.#pulling
      if (staging.isDue) await staging.settle()
    })
  }
}
