// Output of several processes on one screen: every line begins with the name of who wrote it. Used by live-output.ts.
import type { Output } from '../local/io.ts'

/** A line longer than this is broken, so that memory stays small whatever a job prints. Bytes. */
const longest = 64 << 10
const newline = 0x0a

export class LabelledLines {
  readonly #output: Output
  readonly #label: Buffer
  #rest: Buffer = Buffer.alloc(0)

  /** `label` ends with what stands between it and the text; '' = lines as they are. */
  constructor(output: Output, label: string) {
    this.#output = output
    this.#label = Buffer.from(label)
  }

  readonly take = async (chunk: Buffer): Promise<void> => {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const out: Buffer[] = []
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline)) {
      out.push(this.#label, data.subarray(0, end + 1))
      data = data.subarray(end + 1)
    }
    if (data.length > longest) {
      out.push(this.#label, data, Buffer.from('\n'))
      data = Buffer.alloc(0)
    }
    this.#rest = Buffer.from(data)
    await this.#write(out)
  }

  /** Writes the last line if it has no end of its own. */
  async end(): Promise<void> {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    if (rest.length > 0) await this.#write([this.#label, rest, Buffer.from('\n')])
  }

  async #write(parts: readonly Buffer[]): Promise<void> {
    if (parts.length === 0) return
    this.#output.write(Buffer.concat(parts))
    await this.#output.flush()
  }
}
