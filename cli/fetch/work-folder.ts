// `<batch>/.pull`, where results grow until they are whole, each file below `new/` under the path that it will have.
// What an interrupted pull left there is gone on with. staging.ts says when what is here is put in place.
import { closeSync, constants, existsSync, fsyncSync, lstatSync, openSync, readdirSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import { tryLockDescriptor } from '../../shared/files/lock.ts'
import { syncDisk } from '../../shared/files/sync-disk.ts'
import type { WantedFile } from './checked-manifest.ts'
import { guarded, makeRealFolder, SaveFolder } from './save-folder.ts'

/** Job names never begin with '.', so it is in nobody's way. */
const name = '.pull'
const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

export class WorkFolder {
  /** `new/`: a tree of its own, in which no link is followed either */
  readonly stage: SaveFolder
  /** an earlier pull did not get to its end */
  readonly hasLeftovers: boolean
  /** this disk does not tell upper and lower case apart */
  readonly foldsCase: boolean
  readonly #root: string
  readonly #path: string
  readonly #unlock: () => void
  #counter = 0

  /** Makes it below the batch's folder, and keeps every other pull out of that. */
  constructor(batchFolder: string) {
    this.#root = batchFolder
    this.#path = join(batchFolder, name)
    this.#unlock = lock(batchFolder)
    makeRealFolder(this.#path, this.#path)
    for (const left of guarded(this.#path, () => readdirSync(this.#path))) {
      if (left.endsWith('.tmp')) rmSync(join(this.#path, left), { recursive: true, force: true })
    }
    this.foldsCase = existsSync(join(batchFolder, name.toUpperCase()))
    this.hasLeftovers = existsSync(join(this.#path, 'new'))
    this.stage = new SaveFolder(this.#path, 'new')
    this.stage.prepare()
  }

  /** A name that nothing has, for what is put in place at once. */
  temporary(): string {
    this.#counter++
    return `${this.#path}/${process.pid}-${this.#counter}.tmp`
  }

  /** Writes a small file whose bytes were checked and of which nothing is here. */
  write(file: WantedFile, data: Buffer): void {
    const path = this.stage.pathFor(file.path)
    guarded(file.path, () => {
      const fd = openSync(path, createFlags, permissions(file.mode))
      try {
        for (let at = 0; at < data.length; ) at += writeSync(fd, data, at)
      } finally {
        closeSync(fd)
      }
    })
  }

  /** Opens the file to go on with it, never through a link. */
  openPart(file: WantedFile): number {
    const path = this.stage.pathFor(file.path)
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat !== undefined && !stat.isFile()) rmSync(path, { recursive: true, force: true })
    return guarded(file.path, () => openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, permissions(file.mode)))
  }

  /** Throws away what there is of it. */
  drop(file: WantedFile): void {
    rmSync(this.stage.pathFor(file.path), { recursive: true, force: true })
  }

  /** All that was written so far is on the disk. One sync is a hundred times faster than one a file; without `sync -f`, one each. */
  async sync(): Promise<void> {
    try {
      await syncDisk(this.#root)
    } catch {
      syncTree(this.#path)
      syncOne(this.#root)
    }
  }

  /** `all`: nothing that is left is wanted. Else parts of interrupted transfers stay. */
  close(all: boolean): void {
    try {
      if (all) rmSync(this.#path, { recursive: true, force: true })
      else dropEmpty(this.#path)
    } finally {
      this.#unlock()
    }
  }
}

/** Results must stay readable and writable for their owner, and never become setuid; the umask holds too. */
function permissions(mode: number): number {
  return (mode & 0o777) | 0o600
}

function syncTree(folder: string): void {
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    if (item.isDirectory()) syncTree(join(folder, item.name))
    else if (item.isFile()) syncOne(join(folder, item.name))
  }
  syncOne(folder)
}

function syncOne(path: string): void {
  guarded(path, () => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  })
}

/** Removes the folder when there are nothing but folders in it; answers whether it is gone. */
function dropEmpty(folder: string): boolean {
  const inside = readdirSync(folder, { withFileTypes: true })
  const kept = inside.filter((item) => !item.isDirectory() || !dropEmpty(join(folder, item.name)))
  if (kept.length === 0) rmdirSync(folder)
  return kept.length === 0
}

/** Two pulls that write the same parts would spoil them. Not every file system and machine knows locks: then without. */
function lock(folder: string): () => void {
  let release: (() => void) | null
  try {
    release = tryLockDescriptor(openSync(folder, constants.O_RDONLY), folder)
  } catch {
    return () => undefined
  }
  if (release !== null) return release
  throw new DistError('locked', `another dist pull is writing to ${folder}`, {
    hint: 'wait until it has ended, or choose another folder with --save-dir',
  })
}
