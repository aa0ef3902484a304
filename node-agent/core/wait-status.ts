// A raw wait status (waitpid(2)) and the keeper's `why` as an Outcome. Linux signal numbers.
import type { Outcome } from '../../shared/model/outcome.ts'

const signals = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
] as const

export function signalName(number: number): string {
  return signals[number - 1] ?? `signal ${number}`
}

/**
 * `why`: null, or the reason for which the keeper itself ended the attempt. `kill` came with the end of the agent or the
 * launcher: nobody cancelled the job, so it is lost. `outOfMemory`: the kernel killed a process of it at its memory limit; a job
 * that ended well all the same did without that process.
 */
export function outcomeOf(status: number, why: string | null, outOfMemory = false): Outcome {
  switch (why) {
    case 'cancel':
      return { kind: 'cancelled' }
    case 'kill':
      return { kind: 'lost', reason: 'its launcher ended while it ran' }
    case 'timeout':
      return { kind: 'timeout' }
    case 'lost':
      return { kind: 'lost', reason: 'its keeper ended while it ran' }
    default:
      break
  }
  if (outOfMemory && status !== 0) return { kind: 'oom' }
  const signal = status & 0x7f
  if (signal !== 0) return { kind: 'failed', exitCode: null, signal: signalName(signal) }
  const exitCode = (status >> 8) & 0xff
  return exitCode === 0 ? { kind: 'succeeded' } : { kind: 'failed', exitCode, signal: null }
}
