// A jobset's workspace W = ws/<uid> around its build (node.md 1-3), and ws/<uid>.json, which says how far the build is.
// The folder tree is the contract of the user's document.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { writeAtomic } from '../../shared/files/atomic.ts'
import { type AttemptId, isAttemptId, type JobsetUid } from '../../shared/model/ids.ts'
import type { InputFile } from '../../shared/model/jobset.ts'
import { mountFolder } from './argv.ts'
import { placeFile } from './place-file.ts'

export interface WorkspaceRecord {
  readonly uid: JobsetUid
  readonly build: AttemptId
  readonly state: 'building' | 'built'
}

export interface BuildInputs {
  readonly uid: JobsetUid
  readonly build: AttemptId
  readonly buildFile: InputFile | null
  readonly files: readonly InputFile[]
  /** how many folders a container is given beside the usual two */
  readonly mounts: number
}

export class Workspaces {
  readonly #root: string
  readonly #discard: (path: string) => void

  /** `discard` makes a folder be gone at once. */
  constructor(root: string, discard: (path: string) => void) {
    this.#root = root
    this.#discard = discard
  }

  path(uid: JobsetUid): string {
    return join(this.#root, uid)
  }

  /** The tree before a build: build.py, initial_files/, the same in input/, an empty distribute_save/. `source` finds a blob. */
  async layOut(inputs: BuildInputs, source: (sha256: string) => string): Promise<void> {
    const w = this.path(inputs.uid)
    this.remove(inputs.uid)
    const mounts = Array.from({ length: inputs.mounts }, (_, index) => mountFolder(index))
    for (const folder of ['initial_files', 'input', 'distribute_save', ...mounts]) mkdirSync(join(w, folder), { recursive: true })
    if (inputs.buildFile !== null) await placeFile(source(inputs.buildFile.sha256), w, { ...inputs.buildFile, name: 'build.py' })
    for (const file of inputs.files) {
      await placeFile(source(file.sha256), join(w, 'initial_files'), file)
      await placeFile(source(file.sha256), join(w, 'input'), file)
    }
    this.#record({ uid: inputs.uid, build: inputs.build, state: 'building' })
  }

  /** After a good build: build.py goes, the rest stays as the build left it. */
  keep(uid: JobsetUid, build: AttemptId): void {
    rmSync(join(this.path(uid), 'build.py'), { force: true })
    this.#record({ uid, build, state: 'built' })
  }

  /** The record goes first: a workspace without one is nothing. */
  remove(uid: JobsetUid): void {
    rmSync(this.#recordPath(uid), { force: true })
    this.#discard(this.path(uid))
  }

  has(uid: JobsetUid): boolean {
    return existsSync(this.path(uid))
  }

  /** It was used then (wall ms); kept over the agent's own life. */
  touch(uid: JobsetUid, at: number): void {
    const then = new Date(at)
    try {
      utimesSync(this.#recordPath(uid), then, then)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
    }
  }

  /** Wall ms of its last use. */
  usedAt(uid: JobsetUid): number {
    return statSync(this.#recordPath(uid), { throwIfNoEntry: false })?.mtimeMs ?? 0
  }

  /** Workspaces that are there, whatever is known of them. */
  folders(): JobsetUid[] {
    return readdirSync(this.#root).filter((name) => !name.includes('.')) as JobsetUid[]
  }

  /** What an earlier agent wrote down, and still has its folder. */
  records(): WorkspaceRecord[] {
    return readdirSync(this.#root)
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .flatMap((name) => parseRecord(readFileSync(join(this.#root, name), 'utf8')) ?? [])
      .filter((record) => existsSync(this.path(record.uid)))
  }

  #record(record: WorkspaceRecord): void {
    writeAtomic(this.#recordPath(record.uid), `${JSON.stringify(record)}\n`)
  }

  #recordPath(uid: JobsetUid): string {
    return join(this.#root, `${uid}.json`)
  }
}

/** A record that cannot be read says nothing: the jobset is built again. */
function parseRecord(text: string): WorkspaceRecord | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    const { uid, build, state } = value
    if (typeof uid !== 'string' || typeof build !== 'string' || !isAttemptId(build)) return null
    return state === 'built' || state === 'building' ? { uid: uid as JobsetUid, build, state } : null
  } catch {
    return null
  }
}
