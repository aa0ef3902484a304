// A file system of a few MiB, for what happens when a disk is full. Only root may make one.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** Mounts a tmpfs of `mib` at `folder`, which is made; null, or why it could not. */
export function mountSmallDisk(folder: string, mib: number): string | null {
  mkdirSync(folder, { recursive: true })
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'none', folder], { encoding: 'utf8' })
  return status === 0 ? null : `no file system could be mounted: ${(stderr ?? '').trim()}`
}

export function unmountSmallDisk(folder: string): void {
  spawnSync('umount', ['-l', folder])
}
