// A disk whose power can be cut: ext4 in a file, mounted through a loop device (root only). A cut is a copy of the file as
// it is now, without any sync, mounted in place of the first: what was only in the page cache is gone (kill -9 keeps it).
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { until } from './until.ts'

/** What tests with such disks need, for `needs`. */
export const loopDiskPrograms = ['mkfs.ext4', 'losetup', 'mount', 'umount', 'unshare'] as const

const mounted = new Set<LoopDisk>()
const detachAll = (): void => {
  for (const disk of mounted) disk.detach()
}
process.once('exit', detachAll)
// the runner was told to end: then there is no orderly end, and no `exit` either
process.once('SIGTERM', () => {
  detachAll()
  process.exit(143)
})

export class LoopDisk {
  /** where it is mounted */
  readonly path: string
  readonly #image: string
  #device = ''

  private constructor(folder: string) {
    this.path = join(folder, 'disk')
    this.#image = join(folder, 'disk.img')
  }

  /** Makes `<folder>/disk.img` (with holes) and mounts it at `<folder>/disk`. A node needs 256 MB free to take work. */
  static make(folder: string, megabytes = 1024): LoopDisk {
    const disk = new LoopDisk(folder)
    mkdirSync(disk.path, { recursive: true })
    writeFileSync(disk.#image, '')
    truncateSync(disk.#image, megabytes << 20)
    run('mkfs.ext4', '-q', '-F', disk.#image)
    disk.#mount()
    return disk
  }

  /**
   * The power goes and comes back. Whoever used the disk must have been killed. What the kernel wrote by itself while the
   * file was copied would make a mixture of two moments: then it is copied once more, which is a cut a little later.
   */
  async cut(): Promise<void> {
    const copy = `${this.#image}.copy`
    await until('a copy during which nothing was written', () => {
      const before = this.#writes()
      run('cp', '--sparse=always', this.#image, copy)
      return this.#writes() === before
    })
    await this.#unmount()
    renameSync(copy, this.#image)
    this.#mount()
  }

  async close(): Promise<void> {
    try {
      await this.#unmount()
    } finally {
      this.detach()
      rmSync(this.#image, { force: true })
    }
  }

  /** Whatever happened: nothing stays mounted, no loop device stays in use. */
  detach(): void {
    if (!mounted.delete(this)) return
    quietly('umount', '-l', this.path)
    quietly('losetup', '-d', this.#device)
  }

  #mount(): void {
    this.#device = run('losetup', '--find', '--show', this.#image).trim()
    mounted.add(this)
    run('mount', '-t', 'ext4', this.#device, this.path)
  }

  async #unmount(): Promise<void> {
    // whoever was killed may still be on its way out
    await until(`${this.path} is unmounted`, () => quietly('umount', this.path), { within: 20_000, every: 50 })
    mounted.delete(this)
    run('losetup', '-d', this.#device)
  }

  /** Writes that the device has taken or is taking. */
  #writes(): string {
    const fields = readFileSync(`/sys/block/${basename(this.#device)}/stat`, 'utf8')
      .trim()
      .split(/\s+/)
    return `${fields[4]} done, ${fields[8]} under way`
  }
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function quietly(program: string, ...args: string[]): boolean {
  try {
    run(program, ...args)
    return true
  } catch {
    return false
  }
}
