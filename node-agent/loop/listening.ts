// What the launcher listens for: asked by staging before a trial can be started, by delivery when its job has ended, and told
// when nobody wants it any more. A launcher that died took its listeners along: whoever was not given to a keeper is staged again
// (core/give.ts), so an answer is only good for the connection that it came over.
import { DistError } from '../../shared/base/errors.ts'
import type { LauncherLink } from '../launcher/client.ts'
import type { ListenOrder } from '../launcher/messages.ts'

export interface ListeningParts {
  /** the connection to the launcher; waits for one */
  readonly linked: () => Promise<LauncherLink>
  /** the present one */
  readonly link: () => LauncherLink | null
}

/** Since this version of its protocol a launcher can listen. */
const firstVersion = 2

export class Listening {
  readonly #parts: ListeningParts
  readonly #ids = new Set<string>()

  constructor(parts: ListeningParts) {
    this.#parts = parts
  }

  /** Connected: what it listens for already. */
  found(ids: readonly string[]): void {
    this.#ids.clear()
    for (const id of ids) this.#ids.add(id)
  }

  /**
   * Resolves to the port, 0 for a path; null with a launcher of an earlier release that goes on with its jobs. `unavailable` where
   * the system refuses.
   */
  async listen(id: string, at: ListenOrder['at']): Promise<number | null> {
    for (;;) {
      const link = await this.#parts.linked()
      if (link.hello.version < firstVersion) return null
      this.#ids.add(id)
      const answer = await link.listen({ op: 'listen', id, at })
      if (answer === null) continue
      if (answer.error === null) return answer.port
      this.#ids.delete(id)
      const where = at.kind === 'unix' ? at.path : at.host
      const hint =
        at.kind === 'unix' ? 'use another work folder, or comm_type: socket' : 'answer_address of agent.yaml is an address of this node'
      throw new DistError('unavailable', `nothing can listen for the trial at ${where}: ${answer.error}`, { hint })
    }
  }

  /** Resolves to what of the job's messages was not kept, or null: all of them are on the disk. */
  async drain(id: string): Promise<string | null> {
    if (!this.#ids.delete(id)) return null
    return (await this.#parts.link()?.drain(id))?.problem ?? null
  }

  forget(id: string): void {
    if (this.#ids.delete(id)) this.#parts.link()?.control({ op: 'unlisten', ids: [id] })
  }

  /** Keeps those of attempts that are known. */
  sweep(known: { has(id: string): boolean }): void {
    for (const id of [...this.#ids]) if (!known.has(id)) this.forget(id)
  }
}
