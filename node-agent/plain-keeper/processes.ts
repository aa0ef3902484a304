// What /proc says about processes, and signals to them. The plain keeper has nothing else to go by: no subreaper, no pidfd.
import { readdirSync, readFileSync } from 'node:fs'
import { systemCode } from '../../shared/base/errors.ts'

/** The unit of times in /proc/<pid>/stat, proc(5): USER_HZ, 100 wherever Node runs. */
export const ticksPerSecond = 100

export interface ProcessFacts {
  readonly pid: number
  /** `R`, `S`, …; `Z` and `X` have ended */
  readonly state: string
  readonly parent: number
  readonly group: number
  readonly session: number
  /** clock ticks since boot: together with the pid it is this process and no later one */
  readonly started: number
  /** clock ticks: its own user and system time, and that of the children it has waited for */
  readonly user: number
  readonly system: number
  readonly childrenUser: number
  readonly childrenSystem: number
}

/** null when there is no such process. */
export function readProcess(pid: number): ProcessFacts | null {
  const text = readFile(`/proc/${pid}/stat`)
  if (text === null) return null
  // the command in parentheses may itself hold blanks and parentheses
  const fields = text.toString('latin1', text.lastIndexOf(41) + 2).split(' ')
  const number = (index: number) => Number(fields[index] ?? 0)
  return {
    pid,
    state: fields[0] ?? 'X',
    parent: number(1),
    group: number(2),
    session: number(3),
    user: number(11),
    system: number(12),
    childrenUser: number(13),
    childrenSystem: number(14),
    started: number(19),
  }
}

export function hasEnded(facts: ProcessFacts): boolean {
  return facts.state === 'Z' || facts.state === 'X'
}

export function listPids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

/** The environment that a process was started with; null when it may not be read, empty while it is between two programs. */
export function environmentOf(pid: number): Buffer | null {
  return readFile(`/proc/${pid}/environ`)
}

/** The value of a variable in what `environmentOf` gives. */
export function variable(environment: Buffer, name: string): string | null {
  const entries = environment.toString('latin1').split('\0')
  return entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
}

/** KiB: the largest it ever was, what is its own now, what it shares with files and others now. */
export interface MemoryFacts {
  readonly largest: number
  readonly own: number
  readonly shared: number
}

/** null for a process that has ended. */
export function memoryOf(pid: number): MemoryFacts | null {
  const text = readFile(`/proc/${pid}/status`)?.toString('latin1') ?? ''
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0)
  const resident = kib('VmRSS')
  if (resident === 0) return null
  // kernels before 4.5 do not tell which part is shared
  const shared = kib('RssFile') + kib('RssShmem')
  return { largest: Math.max(kib('VmHWM'), resident), own: resident - shared, shared }
}

/** False when it may not be signalled (a set-uid program); true also when it is gone. A negative pid is a process group. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name)
  } catch (error) {
    return systemCode(error) !== 'EPERM'
  }
  return true
}

function readFile(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
