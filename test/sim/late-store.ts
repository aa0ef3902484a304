// A real store whose commits and answers come when the simulator says so, in order, as between the head's threads.
// Groups are committed before any of their answers arrives; a group may fail as a whole, a request alone.

import type { Store } from '../../server/ports/store.ts'
import { openTestStore, type TestStore } from '../../server/store/test-support.ts'
import type { InputOf, OutputOf, TransitionName } from '../../server/store/transitions-table.ts'
import { DistError } from '../../shared/base/errors.ts'

interface Request {
  execute(): Promise<unknown>
  resolve(output: unknown): void
  reject(error: unknown): void
}

export class LateStore implements Store {
  readonly inner: TestStore
  /** the commit of a group failed */
  broken: () => void = () => {}
  readonly #asked: Request[] = []
  readonly #answers: (() => void)[] = []

  constructor(folder: string) {
    this.inner = openTestStore(folder)
    this.inner.db.pragma('synchronous = OFF')
  }

  run<N extends TransitionName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
    return new Promise<OutputOf<N>>((resolve, reject) => {
      this.#asked.push({
        execute: () => this.inner.run(name, input),
        resolve: (output) => resolve(output as OutputOf<N>),
        reject,
      })
    })
  }

  get waiting(): number {
    return this.#asked.length + this.#answers.length
  }

  /** Commits what waits, up to `count` requests; their answers wait for `answer`. */
  commit(count: number, fault: 'none' | 'one' | 'all'): void {
    const group = this.#asked.splice(0, count)
    if (group.length === 0) return
    const full = new DistError('disk_full', 'no space left')
    if (fault === 'all') {
      this.#answers.push(() => {
        this.broken()
        for (const request of group) request.reject(full)
      })
      return
    }
    const outputs = group.map((request, i) => (fault === 'one' && i === 0 ? Promise.reject(full) : request.execute()))
    for (const output of outputs) output.catch(() => {})
    this.#answers.push(() => {
      for (const [i, request] of group.entries()) outputs[i]?.then(request.resolve, request.reject)
    })
  }

  answer(): void {
    this.#answers.shift()?.()
  }
}
