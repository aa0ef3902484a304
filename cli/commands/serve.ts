// `dist serve`: the same as `dist-server`, in the foreground. A process of its own, because the server is another program.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { programCommand } from '../embed/program-command.ts'
import type { Io } from '../local/io.ts'

const forwarded = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const

/** Exit status of the server. Arguments are its own. */
export async function serve(io: Io, argv: readonly string[]): Promise<number> {
  const { command, args } = programCommand('server', argv)
  const child = spawn(command, args, { stdio: 'inherit', env: { ...io.env }, cwd: io.cwd })
  const isTerminal = process.stdin.isTTY === true
  const pass = (signal: NodeJS.Signals) => {
    // Ctrl-C in a terminal reaches the server without us; twice would end it at once
    if (!(isTerminal && signal === 'SIGINT')) child.kill(signal)
  }
  for (const signal of forwarded) {
    process.removeAllListeners(signal)
    process.on(signal, pass)
  }
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]))
    })
  } finally {
    for (const signal of forwarded) process.off(signal, pass)
  }
}
