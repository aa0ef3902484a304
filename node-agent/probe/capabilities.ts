// The probes of agent.yaml: a command per word, run at start and when the file changes. `gfortran: gfortran -dumpversion`
// gives the words `gfortran` and `gfortran=12.2.0`; one that fails gives none, and a line in the log.
import { spawn } from 'node:child_process'

/** ms for one command; all of them run at once */
const limit = 10_000
const mostOutput = 64 * 1024

export interface ProbeOptions {
  /** what jobs get */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly warn: (message: string) => void
  readonly signal: AbortSignal
  /** ms, for tests */
  readonly limit?: number
}

/** Words in the order of the probes; never rejects. Without those of commands that were not done when `signal` fired. */
export async function runProbes(probes: Readonly<Record<string, string>>, options: ProbeOptions): Promise<string[]> {
  const words = await Promise.all(Object.entries(probes).map(([word, command]) => runProbe(word, command, options)))
  return words.flat()
}

async function runProbe(word: string, command: string, options: ProbeOptions): Promise<string[]> {
  const end = await firstLine(command, options)
  if (options.signal.aborted) return []
  if (end.problem !== null) {
    options.warn(`the probe for ${word} (${command}) ${end.problem}: this node does not have it`)
    return []
  }
  const version = versionOf(end.line)
  return version === null ? [word] : [word, `${word}=${version}`]
}

/** The first number with dots in it, else the first number: `GNU Fortran (Debian 12.2.0-14) 12.2.0` -> `12.2.0`. */
export function versionOf(line: string): string | null {
  const dotted = /(?<![A-Za-z0-9_.])v?(\d+(?:\.\d+)+[A-Za-z0-9]*)/.exec(line)
  const plain = /(?<![A-Za-z0-9_.])v?(\d+)(?![A-Za-z0-9_])/.exec(line)
  return dotted?.[1] ?? plain?.[1] ?? null
}

type End = { readonly problem: string | null; readonly line: string }

function firstLine(command: string, options: ProbeOptions): Promise<End> {
  return new Promise((resolve) => {
    // a group of its own, so that whatever it started ends with it
    const child = spawn('/bin/sh', ['-c', command], {
      env: options.env,
      cwd: options.cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let text = ''
    let end: string | null = `did not end within ${(options.limit ?? limit) / 1000} s`
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.length < mostOutput) text += chunk
    })
    const done = () => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', done)
      killGroup(child.pid)
      child.stdout.destroy()
      resolve({ problem: end, line: text.split('\n', 1)[0] ?? '' })
    }
    const timer = setTimeout(done, options.limit ?? limit)
    options.signal.addEventListener('abort', done, { once: true })
    child.once('error', (error) => {
      end = `could not be started: ${error.message}`
      done()
    })
    child.once('exit', (code, signal) => {
      end = code === 0 ? null : signal === null ? `failed with exit code ${code}` : `was ended by ${signal}`
      // what it left behind holds the pipe
      killGroup(child.pid)
    })
    child.once('close', done)
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // all of it has ended
  }
}
