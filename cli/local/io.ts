// What the command line sees of its process: outputs, environment, folder, Ctrl-C. Tests pass their own to `main`.
import { terminalInput } from './terminal-input.ts'

/** One output stream. `columns` is its width on a terminal, null elsewhere; it changes when the window does. */
export interface Output {
  readonly columns: number | null
  /** height of the terminal; absent = unknown */
  readonly rows?: number
  write(data: string | Uint8Array): void
  /** settles when all that was written has left: a slow reader of a pipe holds it up */
  flush(): Promise<void>
}

/** Where a person, or a pipe, answers. */
export interface Input {
  readonly isTerminal: boolean
  /** all of it, or on a terminal one line, which is not shown */
  read(): Promise<string>
  /** Calls back for every key until the returned function is called, which gives the terminal back. */
  onKey(listener: (key: string) => void): () => void
}

export interface Io {
  /** absent = there is nobody to ask */
  readonly input?: Input
  /** wall ms; absent = the clock of the machine */
  readonly now?: () => number
  /** Calls back when the process ends, however it does; returns the way to forget it. */
  readonly onExit?: (action: () => void) => () => void
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
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    signal,
    input: terminalInput(),
    onExit: (action) => {
      process.on('exit', action)
      return () => process.off('exit', action)
    },
  }
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    get columns() {
      // 0 where the terminal does not know its size: serial lines, `script`
      return stream.isTTY === true ? stream.columns || 80 : null
    },
    get rows() {
      return stream.rows || 24
    },
    write: (data) => {
      stream.write(data)
    },
    flush: () => new Promise((resolve) => stream.write('', () => resolve())),
  }
}
