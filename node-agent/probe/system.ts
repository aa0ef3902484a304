// Words that every node has by itself: cores, memory, os, arch, python3 (node.md, capabilities); and the machine's id.
import { createHash } from 'node:crypto'
import { arch, hostname, totalmem } from 'node:os'
import { readText } from './cores.ts'

/** Bytes this node may use: the machine's memory, cut by the cgroup's limit. */
export function probeMemory(read: (path: string) => string | null = readText, total: number = totalmem()): number {
  const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup') ?? '')?.[1]
  const limits = [
    read(`/sys/fs/cgroup${own === undefined || own === '/' ? '' : own}/memory.max`),
    read('/sys/fs/cgroup/memory/memory.limit_in_bytes'),
  ]
  const known = limits.map((text) => Number(text ?? 'none')).filter((value) => value > 0)
  return Math.min(total, ...known)
}

/** ID of /etc/os-release: `debian`, `ubuntu`, …; null where there is none. */
export function probeOs(read: (path: string) => string | null = readText): string | null {
  const text = read('/etc/os-release') ?? ''
  return /^ID="?([A-Za-z0-9._-]+)"?$/m.exec(text)?.[1] ?? null
}

/** What a node declares by itself, given what was found. */
export function ownWords(facts: { cores: number; gpus: number; memory: number; os: string | null; python: string | null }): string[] {
  const words = [`cores=${facts.cores}`, `memory=${facts.memory}`, `arch=${machineName()}`]
  if (facts.gpus > 0) words.push('gpu', `gpus=${facts.gpus}`)
  if (facts.os !== null) words.push(`os=${facts.os}`)
  if (facts.python !== null) words.push(`python3=${facts.python}`)
  return words
}

/** The machine name that `uname -m` gives, which people know. */
function machineName(): string {
  const names: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686', ppc64: 'ppc64le' }
  return names[arch()] ?? arch()
}

/** The same for every agent of a machine; hashed, because the raw id is meant to stay private (machine-id(5)). */
export function machineId(read: (path: string) => string | null = readText): string {
  const id = (read('/etc/machine-id') ?? '').trim()
  return createHash('sha256').update(`dist-machine\0${id}\0${hostname()}`).digest('hex').slice(0, 32)
}

/** Wall ms of the machine's boot; 0 where it is not known. */
export function bootTime(read: (path: string) => string | null = readText): number {
  const seconds = /^btime (\d+)$/m.exec(read('/proc/stat') ?? '')?.[1]
  return seconds === undefined ? 0 : Number(seconds) * 1000
}
