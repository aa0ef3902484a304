// The builds of a node, by jobset; where every slot builds for itself (NodeFacts.ownBuilds) also by slot. Kept in NodeState.
import type { JobsetId } from '../../shared/model/ids.ts'
import type { BuildState, JobsetFacts, NodeFacts } from './state.ts'

/** More than any node has slots. */
const stride = 4096

/** Where the build that a slot works with is found: with views of it, in one place for all slots. */
export function buildPlace(node: Pick<NodeFacts, 'ownBuilds'>, jobset: Pick<JobsetFacts, 'packed' | 'hasBuild'>, slot: number): number {
  return node.ownBuilds && jobset.packed && jobset.hasBuild ? slot : 0
}

/** `place` is a slot's number, 0 for all of them together. */
export class Builds implements Iterable<readonly [jobset: JobsetId, build: BuildState, place: number]> {
  readonly #states = new Map<number, BuildState>()

  get(jobset: JobsetId, place = 0): BuildState | undefined {
    return this.#states.get(jobset * stride + place)
  }

  set(jobset: JobsetId, build: BuildState, place = 0): void {
    this.#states.set(jobset * stride + place, build)
  }

  delete(jobset: JobsetId, place = 0): void {
    this.#states.delete(jobset * stride + place)
  }

  /** All of a jobset. */
  of(jobset: JobsetId): BuildState[] {
    const found: BuildState[] = []
    if (this.#states.size > 0) for (const [id, build] of this) if (id === jobset) found.push(build)
    return found
  }

  *[Symbol.iterator](): Iterator<readonly [JobsetId, BuildState, number]> {
    for (const [key, build] of this.#states) yield [Math.floor(key / stride) as JobsetId, build, key % stride]
  }
}
