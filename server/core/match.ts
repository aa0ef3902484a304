// Which node can run which jobset: capabilities first, then amounts. Used by the plan, by `status`, and to word why not.
import { parseRequirement, unmet } from '../../shared/model/capability.ts'
import type { Demand } from '../../shared/model/resources.ts'
import { largestShare } from './fit.ts'
import type { JobsetFacts, NodeFacts } from './state.ts'

type NodeOffer = Pick<NodeFacts, 'capabilities' | 'cores' | 'memory' | 'gpus' | 'disk'>
type JobsetNeed = Pick<JobsetFacts, 'capabilities' | 'demands'>

/** True when the node, empty, could run a job of the jobset. */
export function canRun(node: NodeOffer, jobset: JobsetNeed): boolean {
  return matches(node, jobset).includes(true)
}

/** The same for jobs of one class of demand. */
export function canRunClass(node: NodeOffer, jobset: JobsetNeed, index: number): boolean {
  return matches(node, jobset)[index] ?? false
}

/** Answers by node and jobset: both are replaced when they change, and each is asked for in every pass. */
const known = new WeakMap<NodeOffer, WeakMap<JobsetNeed, readonly boolean[]>>()

function matches(node: NodeOffer, jobset: JobsetNeed): readonly boolean[] {
  let ofNode = known.get(node)
  if (ofNode === undefined) {
    ofNode = new WeakMap()
    known.set(node, ofNode)
  }
  let answer = ofNode.get(jobset)
  if (answer === undefined) {
    const words = unmet(node.capabilities, jobset.capabilities).length === 0
    answer = jobset.demands.map((_, index) => words && largestShare(node, demandOn(node, jobset, index)) !== null)
    ofNode.set(jobset, answer)
  }
  return answer
}

/**
 * What a class of jobs takes of this node. Who asks for the word `gpu` and says no number gets one, where GPUs are counted.
 * A jobset that has no such class takes the whole node.
 */
export function demandOn(node: Pick<NodeFacts, 'gpus'>, jobset: JobsetNeed, index: number): Demand {
  const demand = jobset.demands[index] ?? { cores: 'all', memory: null, gpus: 0, disk: null }
  if (demand.gpus > 0 || node.gpus === 0 || demand.cores === 'all') return demand
  return jobset.capabilities.some(asksGpu) ? { ...demand, gpus: 1 } : demand
}

/** `gpu`, the word that the original gave a meaning to. */
export function asksGpu(text: string): boolean {
  const requirement = parseRequirement(text)
  return requirement !== null && requirement.kind !== 'lacks' && requirement.word === 'gpu'
}

/** What the node lacks, in words, most telling first; empty when it can run it. Amounts are those of the smallest class. */
export function whyNot(node: NodeOffer, jobset: JobsetNeed): string[] {
  const missing = unmet(node.capabilities, jobset.capabilities).map((text) => `'${text}'`)
  const short = jobset.demands.map((_, index) => shortOf(node, demandOn(node, jobset, index)))
  const least = short.reduce<string[] | null>((best, next) => (best === null || next.length < best.length ? next : best), null)
  return [...missing, ...(least ?? [])]
}

function shortOf(node: NodeOffer, { cores, memory, gpus, disk }: Demand): string[] {
  const short: string[] = []
  if (cores !== 'all' && cores.min > node.cores) short.push(`${cores.min} cores (it has ${node.cores})`)
  if (memory !== null && memory > node.memory) short.push(`${gib(memory)} of memory (it has ${gib(node.memory)})`)
  if (gpus > node.gpus) short.push(`${gpus} GPUs (it has ${node.gpus})`)
  if (disk !== null && disk > node.disk) short.push(`${gib(disk)} of disk (it has ${gib(node.disk)})`)
  return short
}

function gib(bytes: number): string {
  return `${Number((bytes / 2 ** 30).toFixed(2))} GiB`
}
