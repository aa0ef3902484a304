// Gathers what is to be told to the head in one turn of the event loop into frames of at most 100 items and 256 KiB
// (architecture.md 1: larger lists pass gRPC's receive limit and kill the session).
import type { AgentFrame } from '../../shared/wire/gen/dist/AgentFrame.ts'
import type { BuildReport } from '../../shared/wire/gen/dist/BuildReport.ts'
import type { Finished } from '../../shared/wire/gen/dist/Finished.ts'
import type { Returned } from '../../shared/wire/gen/dist/Returned.ts'
import type { Started } from '../../shared/wire/gen/dist/Started.ts'
import { frameBytes, frameItems } from '../../shared/wire/session.ts'
import { finishedBytes } from './to-wire.ts'

const plainBytes = 64

interface Lists {
  readonly started: Started[]
  readonly finished: Finished[]
  readonly builds: BuildReport[]
  readonly returned: Returned[]
  readonly stopped: string[]
}

/** Without a writer (no session) everything is dropped: the next inventory tells it all. */
export class Outbox {
  #write: ((frame: AgentFrame) => void) | null = null
  #lists = emptyLists()
  #items = 0
  #bytes = 0
  #scheduled: NodeJS.Immediate | null = null

  attach(write: (frame: AgentFrame) => void): void {
    this.#reset()
    this.#write = write
  }

  detach(): void {
    this.#reset()
    this.#write = null
  }

  started(item: Started): void {
    if (this.#room(plainBytes)) this.#lists.started.push(item)
  }

  finished(item: Finished): void {
    if (this.#room(finishedBytes(item))) this.#lists.finished.push(item)
  }

  build(item: BuildReport): void {
    if (this.#room(plainBytes)) this.#lists.builds.push(item)
  }

  returned(item: Returned): void {
    if (this.#room(plainBytes + (item.reason?.length ?? 0))) this.#lists.returned.push(item)
  }

  stopped(id: string): void {
    if (this.#room(plainBytes)) this.#lists.stopped.push(id)
  }

  /** Node facts and farewells go out at once, after what is waiting. */
  now(frame: AgentFrame): void {
    this.flush()
    this.#write?.(frame)
  }

  flush(): void {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled)
    this.#scheduled = null
    if (this.#items === 0) return
    const lists = this.#lists
    this.#lists = emptyLists()
    this.#items = 0
    this.#bytes = 0
    this.#write?.(lists)
  }

  /** Makes room for an item; false when nobody listens. */
  #room(bytes: number): boolean {
    if (this.#write === null) return false
    if (this.#items >= frameItems || (this.#items > 0 && this.#bytes + bytes > frameBytes)) this.flush()
    this.#items++
    this.#bytes += bytes
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = null
      this.flush()
    })
    return true
  }

  #reset(): void {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled)
    this.#scheduled = null
    this.#lists = emptyLists()
    this.#items = 0
    this.#bytes = 0
  }
}

function emptyLists(): Lists {
  return { started: [], finished: [], builds: [], returned: [], stopped: [] }
}
