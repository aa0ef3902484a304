// CPU time of processes from /proc, for benches: what each part of the product costs per job.
import { readdirSync, readFileSync } from 'node:fs'

/** CPU milliseconds of one process so far, its threads included; 0 when it is gone. 10 ms grain. */
export function cpuMs(pid: number): number {
  const fields = stat(`/proc/${pid}/stat`)
  return fields === null ? 0 : (Number(fields[11]) + Number(fields[12])) * 10
}

/** Resident memory, MiB; 0 when it is gone. */
export function rssMiB(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Direct children of a process whose command line contains `word`. */
export function childrenWith(parent: number, word: string): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || Number(stat(`/proc/${pid}/stat`)?.[1]) !== parent) return []
    return commandOf(pid).includes(word) ? [pid] : []
  })
}

/** Every process whose command line contains all words. */
export function processesWith(...words: readonly string[]): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    return Number.isInteger(pid) && words.every((word) => commandOf(pid).includes(word)) ? [pid] : []
  })
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** Fields of a `stat` file of /proc after the command's name. */
function stat(file: string): string[] | null {
  try {
    const text = readFileSync(file, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** CPU ms of each thread of a process so far, in the order in which they were made; the process's own thread is first. */
export function threadsCpuMs(pid: number): number[] {
  const folder = `/proc/${pid}/task`
  return readdirSync(folder)
    .map(Number)
    .sort((a, b) => a - b)
    .map((thread) => {
      const fields = stat(`${folder}/${thread}/stat`)
      return fields === null ? 0 : (Number(fields[11]) + Number(fields[12])) * 10
    })
}
