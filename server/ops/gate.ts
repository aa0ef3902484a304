// One at a time among what must not meet: a backup copies files that gc and retention would remove. Whoever comes second
// is told so, at once: a backup may take hours, and no request should hang that long.
import { DistError } from '../../shared/base/errors.ts'

export class Gate {
  #holder: string | null = null

  /** What runs now, null when nothing does. */
  get holder(): string | null {
    return this.#holder
  }

  /** Takes the gate; returns the release. `unavailable` while something else has it. */
  enter(name: string): () => void {
    if (this.#holder !== null) {
      throw new DistError('unavailable', `${name} has to wait: ${this.#holder} is going on`, { hint: 'try again when it has ended' })
    }
    this.#holder = name
    let open = true
    return () => {
      if (open) this.#holder = null
      open = false
    }
  }
}
