// Where the jobs of a slot run: the path of their workspace and the view of it that they get. Asked by loop/keeper-desk.ts,
// loop/staging.ts and stage/workspace.ts. Invariants:
//
// - Two jobs that run at once never share a folder that either may change.
// - A jobset that takes whole nodes (not packed) runs in place, in ws/<uid>, always in slot 0.
// - Packed with nothing to build: a plain folder per slot, laid out without a build: ws/<uid> for slot 0, views/<uid>/<n>.
// - Packed with a build, views: the build runs in ws/<uid>, which no job changes from then on. Every slot, slot 0 too, sees a
//   view of it at that very path, kept in views/<uid>/<slot>; so absolute paths inside the build stay true.
// - Packed with a build, own builds: ws/<uid> is slot 0's, ws/<uid>.<n> slot n's, each with a build of its own.
// - Packed, or shared with other jobsets: the same. A jobset that uses another one's build has no ws/<uid> of its own: its slots see
//   views of the lender's folder, at the lender's path, kept in its own views/<uid>/<slot>.
// - views/<uid> lives no longer than what ws/<uid> holds: a new build of it begins with no views.
import type { JobsetUid } from '../../shared/model/ids.ts'
import { placeOf } from '../core/place.ts'
import { type JobsetInfo, nothingToBuild, type Work } from '../core/work.ts'
import type { View } from '../launcher/messages.ts'

/** How slots get a build: by views that the keeper makes, or by building for themselves. */
export type ViewMode = View['kind'] | 'build'

/** How the jobs use a workspace: `place` whatever the mode is, otherwise only in that mode. */
export type Use = 'place' | ViewMode

export interface Where {
  /** absolute path of the workspace */
  readonly w: string
  readonly view: View | null
  /** it is laid out for its slot alone, without a build */
  readonly plain: boolean
}

export class Places {
  readonly mode: ViewMode
  readonly #work: string
  /** whose build a place uses, where it is not its own */
  readonly #lenders = new Map<string, string>()

  /** `work`: the work folder */
  constructor(work: string, mode: ViewMode) {
    this.#work = work
    this.mode = mode
  }

  get ownBuilds(): boolean {
    return this.mode === 'build'
  }

  /** ws/<place>, of the lender where there is one */
  folder(place: string): string {
    return this.own(this.#lenders.get(place) ?? place)
  }

  /** ws/<place> itself */
  own(place: string): string {
    return `${this.#work}/ws/${place}`
  }

  /** null: it has a build of its own, or none */
  lend(place: string, lender: string | null): void {
    if (lender === null) this.#lenders.delete(place)
    else this.#lenders.set(place, lender)
  }

  /** What all slots of a jobset have beside ws/<uid>. */
  views(uid: JobsetUid): string {
    return `${this.#work}/views/${uid}`
  }

  where(work: Exclude<Work, { kind: 'adopted' }>, jobset: JobsetInfo): Where {
    const { slot } = work
    const own = `${this.views(jobset.uid)}/${slot}`
    if (jobset.packed && slot > 0 && nothingToBuild(jobset)) return { w: own, view: null, plain: true }
    const w = this.folder(placeOf(jobset, slot, this.ownBuilds))
    const use = work.kind === 'job' ? this.use(jobset) : 'place'
    return { w, view: use === 'overlay' || use === 'copy' ? { kind: use, home: own } : null, plain: false }
  }

  use(jobset: JobsetInfo): Use {
    if (nothingToBuild(jobset)) return 'place'
    return jobset.packed || (jobset.share && this.mode !== 'build') ? this.mode : 'place'
  }
}
