// The workspaces W = ws/<place> around their builds (node.md 1-3), and ws/<place>.json, which says how far the build is. The
// folder tree is the contract of the user's document. What slots have beside it: stage/places.ts.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { writeAtomic } from '../../shared/files/atomic.ts'
import { type AttemptId, isAttemptId, type JobsetUid } from '../../shared/model/ids.ts'
import { commonPlace, parsePlace, uidOf } from '../core/place.ts'
import type { JobsetInfo, Place } from '../core/work.ts'
import { mountFolder } from './argv.ts'
import { placeFile } from './place-file.ts'
import type { Places, Use } from './places.ts'

export interface WorkspaceRecord {
  readonly place: Place
  readonly build: AttemptId
  readonly state: 'building' | 'built'
  /** how its jobs use it */
  readonly use: Use
  /** of a build that other jobsets may use (build-key.ts) */
  readonly key?: string
  /** it uses this place's build, and has no folder of its own */
  readonly of?: Place
}

type Contents = Pick<JobsetInfo, 'buildFile' | 'files' | 'mounts'>

export class Workspaces {
  readonly #root: string
  readonly #views: string
  readonly #places: Places
  readonly #discard: (path: string) => void
  /** what is written beside the workspaces, in memory too: it is asked for with every build, once for each jobset */
  readonly #known: Map<Place, WorkspaceRecord>
  /** plain folders of slots that are laid out, or being */
  readonly #plain = new Map<string, Promise<void>>()

  /** `discard` makes a folder be gone at once. */
  constructor(root: string, places: Places, discard: (path: string) => void) {
    this.#root = join(root, 'ws')
    this.#views = join(root, 'views')
    this.#places = places
    this.#discard = discard
    for (const folder of [this.#root, this.#views]) mkdirSync(folder, { recursive: true })
    this.#known = new Map(this.#written().map((record) => [record.place, record]))
    for (const { place, of } of this.#known.values()) if (of !== undefined) places.lend(place, of)
  }

  path(place: Place): string {
    return this.#places.folder(place)
  }

  /** Its own folder, which is not there when it uses another place's build. */
  ownPath(place: Place): string {
    return this.#places.own(place)
  }

  /** What slots have beside it. */
  viewsOf(uid: JobsetUid): string {
    return this.#places.views(uid)
  }

  /** The tree before a build: build.py, initial_files/, the same in input/, an empty distribute_save/. `source` finds a blob. */
  async layOut(place: Place, build: AttemptId, jobset: JobsetInfo, source: (sha256: string) => string): Promise<void> {
    this.remove(place)
    await layOut(this.path(place), jobset, source)
    this.#record({ place, build, state: 'building', use: this.#places.use(jobset) })
  }

  /** The place whose build has this key. */
  lenderOf(key: string): Place | null {
    return this.records().find((record) => record.key === key && record.state === 'built')?.place ?? null
  }

  /** Instead of a build: the place uses another one's from now on. */
  borrow(place: Place, build: AttemptId, jobset: JobsetInfo, lender: Place): void {
    this.remove(place)
    this.#places.lend(place, lender)
    this.#record({ place, build, state: 'building', use: this.#places.use(jobset), of: lender })
  }

  /** Another place uses its build. */
  isLent(place: Place): boolean {
    for (const record of this.#known.values()) if (record.of === place && this.has(record.place)) return true
    return false
  }

  /** Where the output of a shared build is kept. */
  outputPath(place: Place): string {
    return `${this.#places.own(place)}.out`
  }

  /** Where it is kept what was found about batchtools in a place: as long as its build. */
  answersPath(place: Place): string {
    return `${this.#places.own(place)}.probes`
  }

  /** A slot's own folder where nothing is built: made when its first job comes; one that is there already is whole. */
  async layOutPlain(folder: string, jobset: JobsetInfo, source: (sha256: string) => string): Promise<void> {
    let made = this.#plain.get(folder)
    if (made === undefined) {
      made = this.#makePlain(folder, jobset, source)
      this.#plain.set(folder, made)
      made.catch(() => this.#plain.delete(folder))
    }
    await made
  }

  /** After a good build: build.py goes, the rest stays as the build left it. Of two builds with one `key` the later is lent. */
  keep(place: Place, build: AttemptId, key: string | null): void {
    const { use = 'place', of } = this.#known.get(place) ?? {}
    if (of === undefined) rmSync(join(this.path(place), 'build.py'), { force: true })
    if (of !== undefined || key === null) {
      this.#record({ place, build, state: 'built', use, ...(of === undefined ? {} : { of }) })
      return
    }
    for (const { key: known, ...other } of this.records()) if (known === key && other.place !== place) this.#record(other)
    this.#record({ place, build, state: 'built', use, key })
  }

  /** The record goes first: a workspace without one is nothing. With that of slot 0 go the views of all. */
  remove(place: Place): void {
    rmSync(this.#recordPath(place), { force: true })
    this.#known.delete(place)
    rmSync(this.outputPath(place), { force: true })
    this.#places.lend(place, null)
    for (const folder of [this.answersPath(place), this.#places.own(place)]) this.#discard(folder)
    const uid = uidOf(place)
    if (place !== commonPlace(uid)) return
    const views = this.#places.views(uid)
    for (const folder of this.#plain.keys()) if (folder.startsWith(`${views}/`)) this.#plain.delete(folder)
    this.#discard(views)
  }

  has(place: Place): boolean {
    return existsSync(this.path(place))
  }

  /** It was used then (wall ms); kept over the agent's own life. */
  touch(place: Place, at: number): void {
    const then = new Date(at)
    try {
      utimesSync(this.#recordPath(place), then, then)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
    }
  }

  /** Wall ms of its last use. */
  usedAt(place: Place): number {
    return statSync(this.#recordPath(place), { throwIfNoEntry: false })?.mtimeMs ?? 0
  }

  /** Workspaces that are there, whatever is known of them. */
  folders(): Place[] {
    return readdirSync(this.#root).flatMap((name) => parsePlace(name) ?? [])
  }

  /** What slots have beside their workspaces, whatever is known of it. `since`: when it was made, wall ms. */
  views(): { readonly uid: JobsetUid; readonly path: string; readonly since: number }[] {
    return (readdirSync(this.#views) as JobsetUid[]).flatMap((uid) => {
      const folder = join(this.#views, uid)
      return readdirSync(folder).map((slot) => ({ uid, path: join(folder, slot), since: statSync(join(folder, slot)).ctimeMs }))
    })
  }

  /** What this agent or an earlier one wrote down, and still has its folder. */
  records(): WorkspaceRecord[] {
    return [...this.#known.values()].filter(({ place }) => this.has(place))
  }

  #written(): WorkspaceRecord[] {
    return readdirSync(this.#root)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => parsePlace(name.slice(0, -'.json'.length)) ?? [])
      .flatMap((place) => this.#read(place) ?? [])
  }

  async #makePlain(folder: string, jobset: JobsetInfo, source: (sha256: string) => string): Promise<void> {
    if (existsSync(folder)) return
    const half = `${folder}.new`
    this.#discard(half)
    await layOut(half, jobset, source)
    renameSync(half, folder)
  }

  #read(place: Place): WorkspaceRecord | null {
    try {
      return parseRecord(place, readFileSync(this.#recordPath(place), 'utf8'))
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null
      throw error
    }
  }

  #record(record: WorkspaceRecord): void {
    writeAtomic(this.#recordPath(record.place), `${JSON.stringify({ ...record, uid: uidOf(record.place) })}\n`)
    this.#known.set(record.place, record)
  }

  #recordPath(place: Place): string {
    return join(this.#root, `${place}.json`)
  }
}

async function layOut(w: string, jobset: Contents, source: (sha256: string) => string): Promise<void> {
  const { buildFile, files } = jobset
  const mounts = jobset.mounts.map((_, index) => mountFolder(index))
  for (const folder of ['initial_files', 'input', 'distribute_save', ...mounts]) mkdirSync(join(w, folder), { recursive: true })
  if (buildFile !== null) await placeFile(source(buildFile.sha256), w, { ...buildFile, name: 'build.py' })
  for (const file of files) {
    await placeFile(source(file.sha256), join(w, 'initial_files'), file)
    await placeFile(source(file.sha256), join(w, 'input'), file)
  }
}

const uses: readonly unknown[] = ['place', 'overlay', 'copy', 'build'] satisfies Use[]

/** A record that cannot be read says nothing: the jobset is built again. */
function parseRecord(place: Place, text: string): WorkspaceRecord | null {
  try {
    const { build, state, use = 'place', key, of } = JSON.parse(text) as Record<string, unknown>
    if (typeof build !== 'string' || !isAttemptId(build) || !uses.includes(use)) return null
    if (state !== 'built' && state !== 'building') return null
    const lender = typeof of === 'string' ? parsePlace(of) : null
    return {
      place,
      build,
      state,
      use: use as Use,
      ...(typeof key === 'string' ? { key } : {}),
      ...(lender === null ? {} : { of: lender }),
    }
  } catch {
    return null
  }
}
