// Runs `main` with the real process: Ctrl-C aborts (a second one ends at once), a closed pipe ends quietly.
import { processIo } from '../local/io.ts'
import { main } from './run.ts'

const interrupted = 130

/** Ends the process with the exit status of `main`. */
export async function runProcess(argv: readonly string[]): Promise<void> {
  const abort = new AbortController()
  const onSignal = () => {
    if (abort.signal.aborted) process.exit(interrupted)
    abort.abort(new DOMException('interrupted', 'AbortError'))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  process.on('SIGHUP', onSignal)
  // `dist jobs | head`: the reader has seen enough
  process.stdout.on('error', () => process.exit(0))
  process.stderr.on('error', () => undefined)
  const io = processIo(abort.signal)
  const code = await main(argv, io)
  // pipes take what fits and keep the rest waiting
  await Promise.all([io.stdout.flush(), io.stderr.flush()])
  // idle keep-alive sockets must not hold the program
  process.exit(code)
}
