// Which CPUs this agent may use, and which of them are threads of one physical core. For binding jobs (loop/cpu-binding.ts).
import { readText } from './cores.ts'

/** `0-3,6` as numbers in order; null for what is no such list. */
export function parseCpuList(text: string): number[] | null {
  const cpus = new Set<number>()
  for (const part of text.trim().split(',')) {
    const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? []
    if (from === undefined || Number(to ?? from) < Number(from)) return null
    for (let cpu = Number(from); cpu <= Number(to ?? from); cpu++) cpus.add(cpu)
  }
  return [...cpus].sort((a, b) => a - b)
}

/** The affinity mask of a process, null when it is not known (it has ended). */
export function affinityOf(pid: number | 'self', read: (path: string) => string | null = readText): number[] | null {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return list === undefined ? null : parseCpuList(list)
}

/** `cpus` by physical core, both in order. A CPU that nothing is known of is a core by itself. */
export function physicalCores(cpus: readonly number[], read: (path: string) => string | null = readText): number[][] {
  const cores = new Map<number, number[]>()
  for (const cpu of cpus) {
    const siblings = parseCpuList(read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`) ?? '') ?? []
    const first = siblings.includes(cpu) ? (siblings[0] ?? cpu) : cpu
    const core = cores.get(first)
    if (core === undefined) cores.set(first, [cpu])
    else core.push(cpu)
  }
  return [...cores.values()]
}

/**
 * `count` CPUs of those that are not taken, whole physical cores first; null when fewer are left. Cores with the most free
 * threads are used up one after the other, so that two jobs share a physical core only when no other has room.
 */
export function chooseCpus(cores: readonly (readonly number[])[], taken: ReadonlySet<number>, count: number): number[] | null {
  const free = cores.map((core) => core.filter((cpu) => !taken.has(cpu)))
  const order = free.toSorted((a, b) => b.length - a.length).flat()
  return order.length < count ? null : order.slice(0, count).sort((a, b) => a - b)
}
