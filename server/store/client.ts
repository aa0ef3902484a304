// The store from the main thread: starts writer and placer threads, sends transitions, resolves them when they are durable.
import { MessageChannel, Worker } from 'node:worker_threads'
import { DistError } from '../../shared/base/errors.ts'
import type { Store } from '../ports/store.ts'
import { fromPortable, type PortableError, type WriterNotice, type WriterRequest } from './requests.ts'
import { threadFile } from './thread-file.ts'
import type { InputOf, OutputOf, TransitionName } from './transitions-table.ts'

type ThreadMessage = WriterNotice | { readonly kind: 'ready' } | { readonly kind: 'refused'; readonly error: PortableError }

export interface StoreListeners {
  /** a commit failed: the core must be rebuilt before the next event */
  broken(): void
  /** results of these jobsets reached their folders */
  placed(jobsets: readonly number[]): void
  /** after every group that was committed */
  committed(): void
  warning(message: string): void
  /** the writer thread died: the process cannot go on */
  dead(error: unknown): void
}

interface Waiter {
  readonly resolve: (output: never) => void
  readonly reject: (error: unknown) => void
}

export class StoreClient implements Store {
  readonly #writer: Worker
  readonly #placer: Worker
  readonly #listeners: StoreListeners
  readonly #waiting = new Map<number, Waiter>()
  #nextId = 1
  #closing = false

  private constructor(writer: Worker, placer: Worker, listeners: StoreListeners) {
    this.#writer = writer
    this.#placer = placer
    this.#listeners = listeners
  }

  /** Opens, migrates and recovers the data folder; rejects with `data_folder` or `missing_program`. */
  static open(data: string, listeners: StoreListeners): Promise<StoreClient> {
    const { port1, port2 } = new MessageChannel()
    const placer = new Worker(threadFile('placer-thread'), { workerData: { data, writer: port2 }, transferList: [port2] })
    const writer = new Worker(threadFile('writer-thread'), { workerData: { data, placer: port1 }, transferList: [port1] })
    const client = new StoreClient(writer, placer, listeners)
    return new Promise((resolve, reject) => {
      placer.on('error', (error) => client.#die(error))
      writer.on('error', (error) => {
        reject(error)
        client.#die(error)
      })
      writer.on('message', (message: ThreadMessage) => {
        if (message.kind === 'ready') resolve(client)
        else if (message.kind === 'refused') {
          client.#closing = true
          placer.postMessage('close')
          reject(fromPortable(message.error))
        } else client.#onNotice(message)
      })
    })
  }

  run<N extends TransitionName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
    if (this.#closing) return Promise.reject(new DistError('unavailable', 'the head is stopping'))
    const id = this.#nextId++
    return new Promise<OutputOf<N>>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (output: never) => void, reject })
      this.#writer.postMessage({ id, name, input } satisfies WriterRequest)
    })
  }

  /** Commits what was asked for, closes the database, ends both threads. */
  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    const ended = new Promise<void>((resolve) => this.#writer.once('exit', () => resolve()))
    this.#writer.postMessage('close')
    await ended
    await this.#placer.terminate()
  }

  #onNotice(notice: WriterNotice): void {
    switch (notice.kind) {
      case 'warning':
        this.#listeners.warning(notice.message)
        return
      case 'placed':
        this.#listeners.placed(notice.jobsets)
        return
      case 'replies': {
        const damage = notice.broken
          ? notice.replies.find((reply) => reply.kind === 'failed' && reply.error.code === 'data_folder')
          : undefined
        if (damage?.kind === 'failed') this.#listeners.dead(fromPortable(damage.error))
        if (notice.broken) this.#listeners.broken()
        for (const reply of notice.replies) {
          const waiter = this.#waiting.get(reply.id)
          this.#waiting.delete(reply.id)
          if (reply.kind === 'done') waiter?.resolve(reply.output as never)
          else waiter?.reject(fromPortable(reply.error))
        }
        if (!notice.broken) this.#listeners.committed()
      }
    }
  }

  #die(error: unknown): void {
    for (const waiter of this.#waiting.values()) waiter.reject(error)
    this.#waiting.clear()
    this.#listeners.dead(error)
  }
}
