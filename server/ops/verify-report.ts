// The lines that verify sends: every finding, progress once a second, the sum at the end.
import { type Finding, type FindingKind, noFindings, type VerifyLine } from '../../shared/model/verify.ts'

const everyMs = 1000

export class Report {
  readonly #send: (line: VerifyLine) => void
  readonly #found: Record<FindingKind, number> = { ...noFindings }
  #files = 0
  #bytes = 0
  #told = performance.now()

  constructor(send: (line: VerifyLine) => void) {
    this.#send = send
  }

  found(finding: Finding): void {
    this.#found[finding.kind]++
    this.#send({ line: 'finding', ...finding })
  }

  file(): void {
    this.#files++
    if (performance.now() - this.#told < everyMs) return
    this.#told = performance.now()
    this.#send({ line: 'progress', files: this.#files, bytes: this.#bytes })
  }

  hashed(bytes: number): void {
    this.#bytes += bytes
    if (performance.now() - this.#told < everyMs) return
    this.#told = performance.now()
    this.#send({ line: 'progress', files: this.#files, bytes: this.#bytes })
  }

  end(): void {
    this.#send({ line: 'done', files: this.#files, bytes: this.#bytes, found: this.#found })
  }
}
