// All listeners of trials that a launcher has, by attempt. The agent orders and is answered (docs/keeper-protocol.md).
import { join } from 'node:path'
import { errorMessage } from '../../shared/base/errors.ts'
import { framesPath } from './frames-file.ts'
import type { LauncherEvent, ListenOrder } from './messages.ts'
import { TrialListener } from './trial-listener.ts'

export interface ListenersParts {
  /** the work folder */
  readonly work: string
  readonly log: (text: string) => void
  readonly tell: (event: LauncherEvent) => void
}

export class TrialListeners {
  readonly #parts: ListenersParts
  readonly #open = new Map<string, TrialListener>()

  constructor(parts: ListenersParts) {
    this.#parts = parts
  }

  ids(): string[] {
    return [...this.#open.keys()]
  }

  /** Another listener of the same attempt is closed: its job never ran. */
  async listen({ id, at }: ListenOrder): Promise<void> {
    const { work, log, tell } = this.#parts
    this.#open.get(id)?.close()
    const listener = new TrialListener(framesPath(join(work, 'attempts', id)), (text) => log(`${id}: ${text}`))
    this.#open.set(id, listener)
    try {
      const port = await listener.listen(at)
      tell({ e: 'listening', id, port, error: null })
    } catch (error) {
      listener.close()
      if (this.#open.get(id) === listener) this.#open.delete(id)
      tell({ e: 'listening', id, port: 0, error: errorMessage(error) })
    }
  }

  /** Answers when all that the attempt's job sent is on the disk; at once for one that is drained. */
  async drain(id: string): Promise<void> {
    const listener = this.#open.get(id)
    const problem = (await listener?.drain()) ?? null
    if (this.#open.get(id) === listener) this.#open.delete(id)
    this.#parts.tell({ e: 'drained', id, problem })
  }

  close(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#open.get(id)?.close()
      this.#open.delete(id)
    }
  }
}
