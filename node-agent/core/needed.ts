// What work in hand needs on this node: it is never evicted. Asked by loop/housekeeping.ts, checked again by the core.
import type { JobsetUid } from '../../shared/model/ids.ts'
import type { InputFile } from '../../shared/model/jobset.ts'
import { uidOf } from './place.ts'
import type { Effects, State } from './state.ts'

/** Jobsets with an attempt here. */
export function neededJobsets(state: State): Set<JobsetUid> {
  return new Set([...state.attempts.values()].map((attempt) => attempt.work.uid))
}

/** Inputs of what is here; null = not known, because an attempt was taken over from an agent that died. */
export function neededFiles(state: State): InputFile[] | null {
  const files: InputFile[] = []
  for (const { work } of state.attempts.values()) {
    if (work.kind === 'adopted') return null
    if (work.kind === 'job') files.push(...(work.script === null ? [] : [work.script]), ...work.files)
  }
  for (const uid of neededJobsets(state)) {
    const jobset = state.jobsets.get(uid)
    if (jobset === undefined) continue
    const { buildFile, sif } = jobset
    files.push(...(buildFile === null ? [] : [buildFile]), ...(sif === null ? [] : [sif]), ...jobset.files)
  }
  return files
}

/** Forgets builds that nothing here needs, of all slots; whoever wants one again has to build. */
export function evict(state: State, uids: readonly JobsetUid[], effects: Effects): void {
  const needed = neededJobsets(state)
  const gone = new Set(uids.filter((uid) => !needed.has(uid)))
  for (const [place, build] of [...state.builds]) {
    if (!gone.has(uidOf(place)) || build.kind !== 'built') continue
    state.builds.delete(place)
    effects.push({ kind: 'remove_workspace', place })
  }
}
