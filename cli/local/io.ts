// What the command line sees of its process: outputs, environment, folder, Ctrl-C. Tests pass their own to `main`.

/** One output stream. `columns` is its width on a terminal, null elsewhere; it changes when the window does. */
export interface Output {
  readonly columns: number | null
  write(data: string | Uint8Array): void
  /** settles when all that was written has left: a slow reader of a pipe holds it up */
  flush(): Promise<void>
}

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** relative paths start here */
  readonly cwd: string
  /** fires at Ctrl-C or SIGTERM */
  readonly signal: AbortSignal
}

/** The Io of this process. `signal` belongs to the caller, who handles the signals. */
export function processIo(signal: AbortSignal): Io {
  return { stdout: output(process.stdout), stderr: output(process.stderr), env: process.env, cwd: process.cwd(), signal }
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    get columns() {
      return stream.isTTY === true ? (stream.columns ?? 80) : null
    },
    write: (data) => {
      stream.write(data)
    },
    flush: () => new Promise((resolve) => stream.write('', () => resolve())),
  }
}
