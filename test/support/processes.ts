// Finds the processes that belong to a folder, by /proc: what a test may leave behind is none of them.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { until } from './until.ts'

export interface FoundProcess {
  readonly pid: number
  readonly parent: number
  /** argv, joined with blanks */
  readonly command: string
}

const ownPrograms = /node-agent\/main\.[jt]s|launcher-main\.[jt]s|keeper\.py/

/**
 * Living processes (zombies left out) that have `folder` in their command line or environment, or work in it.
 * This process and its parents are never among them.
 */
export function processesOf(folder: string): readonly FoundProcess[] {
  const mine = ancestors()
  const found: FoundProcess[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || mine.has(pid)) continue
    const stat = status(pid)
    if (stat === null || stat.state === 'Z' || stat.state === 'X') continue
    const command = read(`/proc/${pid}/cmdline`)
    const belongs = command.includes(folder) || read(`/proc/${pid}/environ`).includes(folder) || link(`/proc/${pid}/cwd`).startsWith(folder)
    if (belongs) found.push({ pid, parent: stat.parent, command: command.replaceAll('\0', ' ').trim() })
  }
  return found
}

/** True while `pid` lives and is no zombie. */
export function isAlive(pid: number): boolean {
  const stat = status(pid)
  return stat !== null && stat.state !== 'Z' && stat.state !== 'X'
}

/** Throws, with their command lines, when processes of `folder` are still there after `within` ms; ends them first, each by its pid. */
export async function expectNoProcesses(folder: string, within = 5_000): Promise<void> {
  await expectNone(() => processesOf(folder), `no process of ${folder} is left`, within)
}

/** The processes of a work folder that are neither its agent nor its launcher nor a keeper: builds, jobs and what those started. */
export function jobProcessesOf(work: string): readonly FoundProcess[] {
  return processesOf(work).filter(({ command }) => !ownPrograms.test(command))
}

/** The same check for the jobs of an agent that goes on: to be called wherever a job was killed, cancelled or ran out of time. */
export async function expectNoJobProcesses(work: string, within = 5_000): Promise<void> {
  await expectNone(() => jobProcessesOf(work), `no process of a job in ${work} is left`, within)
}

async function expectNone(look: () => readonly FoundProcess[], what: string, within: number): Promise<void> {
  try {
    await until(what, () => look().length === 0, { within, every: 25 })
  } catch {
    const left = look()
    if (left.length === 0) return
    for (const { pid } of left) signalQuietly(pid, 'SIGKILL')
    const lines = left.map(({ pid, parent, command }) => `  ${pid} (parent ${parent}): ${command}`)
    throw new Error(`processes were left behind:\n${lines.join('\n')}`)
  }
}

/** Sends a signal; a process that is gone already is no error. */
export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function ancestors(): ReadonlySet<number> {
  const pids = new Set<number>()
  for (let pid = process.pid; pid > 1 && !pids.has(pid); pid = status(pid)?.parent ?? 0) pids.add(pid)
  return pids
}

function status(pid: number): { readonly state: string; readonly parent: number } | null {
  const text = read(`/proc/${pid}/stat`)
  // the command in parentheses may itself hold blanks and parentheses
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return text === '' ? null : { state: fields[0] ?? 'X', parent: Number(fields[1]) }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
