// The journal with the patience that a full disk asks for: an exit record that cannot be written waits for space, and no job
// starts meanwhile. Called by keeper.ts and attempt.ts.
import { errorMessage } from '../../shared/base/errors.ts'
import type { ExitRecord, FailRecord, StartRecord } from '../journal/read.ts'
import type { SlotJournal } from './journal.ts'

export class Ledger {
  readonly #journal: SlotJournal
  readonly #complain: (text: string) => void
  readonly #unwritten: ExitRecord[] = []
  #warned = false

  constructor(journal: SlotJournal, complain: (text: string) => void) {
    this.#journal = journal
    this.#complain = complain
  }

  /** attempts that were not forgotten */
  get kept(): readonly string[] {
    return this.#journal.kept
  }

  get isFull(): boolean {
    return this.#unwritten.length > 0
  }

  /** Throws when it cannot be written: nobody could find the job after a crash, so it must not run. */
  started(record: StartRecord): void {
    this.#journal.append(record)
  }

  failed(record: FailRecord): void {
    try {
      this.#journal.append(record)
    } catch {
      // a job that never started needs no record to be given again
    }
  }

  ended(record: ExitRecord): void {
    this.#unwritten.push(record)
    this.#write()
  }

  forget(ids: readonly string[]): void {
    this.#journal.forget(ids)
  }

  /** Between two jobs. */
  boundary(): void {
    this.#write()
    this.#journal.cut()
  }

  #write(): void {
    for (let record = this.#unwritten[0]; record !== undefined; record = this.#unwritten[0]) {
      try {
        this.#journal.append(record)
      } catch (error) {
        if (!this.#warned) this.#complain(`cannot write the journal: ${errorMessage(error)}`)
        this.#warned = true
        return
      }
      this.#unwritten.shift()
      this.#warned = false
    }
  }
}
