// Keeps blobs and finished workspaces, with the views of them, below a cap: looks every minute and after every build, and lets go of what was
// unused longest. What work in hand needs stays, also beyond the cap.
import type { JobsetUid } from '../../shared/model/ids.ts'
import { paramsFile } from '../../shared/run/params.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import type { Event } from '../core/event.ts'
import { neededFiles, neededJobsets } from '../core/needed.ts'
import { uidOf } from '../core/place.ts'
import type { State } from '../core/state.ts'
import type { Place } from '../core/work.ts'
import type { BlobCache } from '../stage/cache.ts'
import { evictable, type Kept } from '../stage/evictable.ts'
import { folderBytes } from '../stage/folder-bytes.ts'
import type { Workspaces } from '../stage/workspace.ts'

export interface HousekeepingParts {
  readonly state: State
  readonly cache: BlobCache
  readonly workspaces: Workspaces
  /** bytes; may change while the agent runs */
  readonly cap: () => number
  readonly dispatch: (event: Event) => void
  /** blobs went: what was known to be here may not be */
  readonly forgotten: () => void
  /** builds went: the head has to hear the list anew */
  readonly renew: () => void
  readonly run: (task: () => Promise<void>) => void
  readonly signal: AbortSignal
  readonly log: { info(message: string): void }
}

const every = 60_000

type Thing = Kept & ({ readonly kind: 'blob'; readonly hash: string } | { readonly kind: 'workspace'; readonly uid: JobsetUid })

export class Housekeeping {
  readonly #parts: HousekeepingParts
  /** workspaces of all slots and views together */
  readonly #sizes = new Map<JobsetUid, number>()
  /** when something of it was started last, wall ms; since it was measured */
  readonly #used = new Map<JobsetUid, number>()
  #timer: NodeJS.Timeout | null = null
  #looking = false
  #again = false

  constructor(parts: HousekeepingParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer ??= setInterval(() => this.look(), every)
    this.look()
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Something of it starts. */
  used(uid: JobsetUid): void {
    this.#used.set(uid, Date.now())
  }

  /** Looks now; asked while it looks, once more afterwards. */
  look(): void {
    this.#again = this.#looking
    if (this.#looking) return
    this.#looking = true
    this.#parts.run(async () => {
      try {
        await this.#measure()
        this.#evict()
      } finally {
        this.#looking = false
      }
      if (this.#again && !this.#parts.signal.aborted) this.look()
    })
  }

  /** A workspace grows only while it is used: others are measured once. */
  async #measure(): Promise<void> {
    const { workspaces, state, signal } = this.#parts
    for (const [uid, places] of this.#jobsets()) {
      const at = neededJobsets(state).has(uid) ? Date.now() : this.#used.get(uid)
      const used = at !== undefined
      this.#used.delete(uid)
      if (used) for (const place of places) workspaces.touch(place, at)
      if (!used && this.#sizes.has(uid)) continue
      let bytes = await folderBytes(workspaces.viewsOf(uid), signal)
      for (const place of places) bytes += await folderBytes(workspaces.ownPath(place), signal)
      this.#sizes.set(uid, bytes)
    }
  }

  /** In one turn of the event loop, so that nothing becomes needed meanwhile. */
  #evict(): void {
    const { cache, cap, dispatch, log } = this.#parts
    const gone = evictable(this.#things(), cap())
    if (gone.length === 0) return
    const bytes = gone.reduce((sum, thing) => sum + thing.bytes, 0)
    log.info(`${formatBytes(bytes)} that were unused longest are removed (--cache-size ${formatBytes(cap())})`)
    for (const thing of gone) if (thing.kind === 'blob') cache.remove(thing.hash)
    this.#parts.forgotten()
    const uids = gone.flatMap((thing) => (thing.kind === 'workspace' ? [thing.uid] : []))
    if (uids.length === 0) return
    dispatch({ kind: 'evict', uids })
    const left = this.#jobsets()
    for (const uid of this.#sizes.keys()) if (!left.has(uid)) this.#sizes.delete(uid)
    this.#parts.renew()
  }

  /** What is on the disk: the places of each jobset. */
  #jobsets(): Map<JobsetUid, Place[]> {
    const jobsets = new Map<JobsetUid, Place[]>()
    for (const { place } of this.#parts.workspaces.records()) jobsets.set(uidOf(place), [...(jobsets.get(uidOf(place)) ?? []), place])
    return jobsets
  }

  #things(): Thing[] {
    const { state, cache, workspaces } = this.#parts
    const jobsets = neededJobsets(state)
    const files = neededFiles(state)
    const blobs = new Set<string>(files?.map((file) => file.sha256))
    for (const { work } of state.attempts.values())
      if (work.kind === 'job' && work.params !== null) blobs.add(paramsFile(work.params).file.sha256)
    return [
      ...[...cache.kept()].map(([hash, { bytes, usedAt }]) => {
        return { kind: 'blob', hash, bytes, usedAt, needed: files === null || blobs.has(hash) } as const
      }),
      ...[...this.#jobsets()].map(([uid, places]) => {
        const needed = jobsets.has(uid) || places.some((place) => state.builds.get(place)?.kind !== 'built' || workspaces.isLent(place))
        const usedAt = Math.max(...places.map((place) => workspaces.usedAt(place)))
        return { kind: 'workspace', uid, bytes: this.#sizes.get(uid) ?? 0, usedAt, needed } as const
      }),
    ]
  }
}
