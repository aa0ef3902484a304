// Problems found in a file, collected while it is read, so that all of them are told at once.

type Severity = 'error' | 'warning' | 'notice'

/** `line` and `column` count from 1; `path` like `python.jobs[2].file`, empty for the whole file. */
export interface Problem {
  readonly severity: Severity
  readonly line: number
  readonly column: number
  readonly path: string
  readonly message: string
  readonly hint?: string
}

/** Where in the tree, as a chain upwards: made for every node, turned into text only for a problem. */
export interface Path {
  readonly up: Path | null
  readonly part: string | number
}

interface Found {
  readonly severity: Severity
  readonly at: number
  readonly path: Path | null
  readonly message: string
  readonly hint: string | undefined
  /** how many more places have the same */
  repeated: number
}

export class Problems {
  readonly #found: Found[] = []
  readonly #folded = new Map<string, readonly Found[]>()

  get count(): number {
    return this.#found.length
  }

  /** True when the file cannot be used. */
  get failed(): boolean {
    return this.#found.some((found) => found.severity === 'error')
  }

  error(at: number, path: Path | null, message: string, hint?: string): void {
    this.#add('error', at, path, message, hint)
  }

  warning(at: number, path: Path | null, message: string, hint?: string): void {
    this.#add('warning', at, path, message, hint)
  }

  /**
   * The same thing in ten thousand jobs is not ten thousand problems: told at its first `most` places,
   * with the number of the others.
   */
  folded(severity: Severity, key: string, most: number, at: number, path: Path | null, message: string, hint?: string): void {
    const known = this.#folded.get(key) ?? []
    const last = known[most - 1]
    if (last === undefined) this.#folded.set(key, [...known, this.#add(severity, at, path, message, hint)])
    else last.repeated++
  }

  /** All of them in the order of the file. */
  located(text: string): Problem[] {
    const lines = new LineStarts(text)
    const sorted = this.#found.map((found, index) => ({ found, index })).sort((a, b) => a.found.at - b.found.at || a.index - b.index)
    return sorted.map(({ found }) => {
      const places = found.repeated === 1 ? '1 more place' : `${found.repeated} more places`
      return {
        severity: found.severity,
        ...lines.place(Math.max(0, found.at)),
        path: pathText(found.path),
        message: found.repeated === 0 ? found.message : `${found.message} (and in ${places})`,
        ...(found.hint === undefined ? {} : { hint: found.hint }),
      }
    })
  }

  #add(severity: Severity, at: number, path: Path | null, message: string, hint: string | undefined): Found {
    const found: Found = { severity, at, path, message, hint, repeated: 0 }
    this.#found.push(found)
    return found
  }
}

/** `python.jobs[2].file` */
export function pathText(path: Path | null): string {
  const parts: string[] = []
  for (let at = path; at !== null; at = at.up) {
    parts.push(typeof at.part === 'number' ? `[${at.part}]` : at.up === null ? at.part : `.${at.part}`)
  }
  return parts.reverse().join('')
}

class LineStarts {
  readonly #starts: number[] = [0]

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  place(at: number): { line: number; column: number } {
    let low = 0
    let high = this.#starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] ?? 0) <= at) low = middle
      else high = middle
    }
    return { line: low + 1, column: at - (this.#starts[low] ?? 0) + 1 }
  }
}
