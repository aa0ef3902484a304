// HeadPort for the HTTP routes: views of the moment, waiting, submitting, killing.

import type { BuildReply, JobReply, JobsetReply, KillReply, NodeReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { AttemptId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import type { SubmitCounts } from '../../shared/model/submission.ts'
import { onCancelled, onImported } from '../core/attempt-events.ts'
import { onExtended, onJobChanges, onJobset, onReopened } from '../core/jobset-events.ts'
import type { NodeState } from '../core/state.ts'
import type { CommitDraft, HeadFacts, HeadPort, JobFilter, JobsetFilter } from '../ports/head.ts'
import type { Imported, ImportedItem } from '../ports/imported.ts'
import type { ReadDb } from '../ports/read-db.ts'
import type { HeadLoop } from './head-loop.ts'
import { HeadViews } from './head-views.ts'
import { readJobset } from './load.ts'

export class HeadService implements HeadPort {
  readonly facts: HeadFacts
  readonly #loop: HeadLoop
  readonly #db: ReadDb
  readonly #views: HeadViews
  readonly #listeners = new Set<() => void>()

  constructor(deps: { facts: HeadFacts; loop: HeadLoop; db: ReadDb }) {
    this.facts = deps.facts
    this.#loop = deps.loop
    this.#db = deps.db
    this.#views = new HeadViews({ db: deps.db, core: () => deps.loop.core, revisions: deps.loop.revisions })
  }

  jobsets(options: { all: boolean; limit: number }): { jobsets: JobsetReply[]; more: boolean } {
    return this.#views.jobsets(options)
  }

  jobset(id: JobsetId): JobsetReply {
    return this.#views.jobset(id)
  }

  findJobsets(filter: JobsetFilter): JobsetReply[] {
    return this.#views.findJobsets(filter)
  }

  jobs(id: JobsetId, filter: JobFilter): { jobs: JobReply[]; more: boolean } {
    return this.#views.jobs(id, filter)
  }

  builds(id: JobsetId): BuildReply[] {
    return this.#views.builds(id)
  }

  nodes(): NodeReply[] {
    return this.#views.nodes()
  }

  notice(): string | null {
    return this.#loop.core.diskLow ? "the disk of the head's data folder is almost full: no new jobs start until there is room" : null
  }

  async waitJobset(id: JobsetId, after: number, ms: number, signal: AbortSignal): Promise<JobsetReply> {
    await this.#loop.revisions.until(() => this.#loop.revisions.of(id) > after, ms, signal)
    return this.jobset(id)
  }

  async commitDraft(order: CommitDraft): Promise<{ readonly jobset: JobsetId; readonly counts: SubmitCounts }> {
    const loop = this.#loop
    const { epoch } = loop
    const { jobset, fresh, counts, extension } = await loop.store('commitDraft', order)
    if (extension !== null) {
      // A core that was loaded meanwhile read it from the rows.
      if (epoch !== loop.epoch || loop.rebuilding) return { jobset, counts }
      const read = readJobset(this.#db, jobset)
      if (read !== null && loop.core.jobsets.has(jobset)) {
        onExtended(loop.core, read.facts, extension.added, extension.changes, loop.effects)
      } else if (extension.added + extension.changes.length > 0) this.submitted(jobset)
      else loop.effects.changed(jobset)
    } else if (fresh) this.submitted(jobset)
    return { jobset, counts }
  }

  /** Tells the core of a jobset whose rows are there. */
  submitted(id: JobsetId): void {
    const read = readJobset(this.#db, id)
    if (read === null) return
    onJobset(this.#loop.core, read.facts, read.counts, this.#loop.effects)
    if (read.facts.search?.open === true) this.#loop.searches?.opened(id)
  }

  async kill(id: JobsetId, jobs: readonly string[] | null, by: string, ms: number, signal: AbortSignal): Promise<KillReply> {
    const loop = this.#loop
    const others = jobs === null ? this.#mayRun(id) : []
    const { epoch } = loop
    const reply = await loop.store('cancel', { jobset: id, jobs, by })
    assertKnown(reply.unknown, 'nothing was cancelled')
    // A core that was loaded meanwhile read it from the rows.
    if (epoch === loop.epoch && !loop.rebuilding) onCancelled(loop.core, id, jobs === null, reply.changes, reply.live, loop.effects)
    const asked = new Map<NodeId, AttemptId[]>()
    for (const { attempt, node } of reply.live) asked.set(node, [...(asked.get(node) ?? []), attempt])
    for (const node of others) if (!asked.has(node)) asked.set(node, [])
    const open = (): NodeId[] => [...asked].filter(([node, attempts]) => this.#stillHolds(id, node, attempts)).map(([node]) => node)
    await loop.revisions.until(() => open().length === 0, ms, signal)
    const waiting = open()
    const name = (node: NodeId): string => loop.core.nodes.get(node)?.facts.name ?? node
    return {
      jobset: id,
      cancelled: reply.changes.length,
      confirmed: [...asked.keys()]
        .filter((node) => !waiting.includes(node))
        .map(name)
        .sort(),
      waiting: waiting.map(name).sort(),
    }
  }

  async retry(id: JobsetId, jobs: readonly string[] | null, by: string, unfinished = false): Promise<number> {
    const loop = this.#loop
    const { epoch } = loop
    const reply = await loop.store('reopen', { jobset: id, jobs, by, unfinished })
    assertKnown(reply.unknown, 'nothing was retried')
    if (reply.changes.length === 0) return 0
    // A core that was loaded meanwhile read it from the rows.
    if (epoch !== loop.epoch || loop.rebuilding) return reply.changes.length
    if (loop.core.jobsets.has(id)) {
      onReopened(loop.core, id)
      onJobChanges(loop.core, reply.changes, loop.effects)
    } else this.submitted(id)
    return reply.changes.length
  }

  async imported(id: JobsetId, items: readonly ImportedItem[]): Promise<Imported[]> {
    const loop = this.#loop
    const { epoch } = loop
    const { replies, changes } = await loop.store('importAttempts', { jobset: id, items })
    const jobs = replies.flatMap(({ job }) => (job === null ? [] : [job]))
    // A core that was loaded meanwhile read it from the rows.
    if (epoch === loop.epoch && !loop.rebuilding) onImported(loop.core, jobs, changes, loop.effects)
    return replies
  }

  drainNode(text: string, seconds: number | null): void {
    const node = [...this.#loop.core.nodes.values()].find(({ facts }) => facts.id === text || facts.name === text)
    if (node === undefined) throw new DistError('not_found', `there is no node '${text}'`, { hint: 'dist nodes lists them' })
    if (this.#loop.sessions.of(node.facts.id) === undefined) {
      throw new DistError('unavailable', `node '${node.facts.name}' is not connected`, { hint: 'nothing to drain: it takes no work now' })
    }
    this.#loop.effects.send(node.facts.id, { kind: 'drain', seconds })
  }

  disconnectNode(node: string, reason: string): void {
    this.#loop.effects.disconnect(node as NodeId, reason)
  }

  onEvents(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** After a group was committed. */
  eventsWritten(): void {
    for (const listener of this.#listeners) listener()
  }

  /** After results reached their folders. */
  placed(jobsets: readonly number[]): void {
    for (const jobset of jobsets) this.#loop.effects.changed(jobset as JobsetId)
  }

  /** Nodes that build it, and those that fell silent with something of it. */
  #mayRun(id: JobsetId): NodeId[] {
    return [...this.#loop.core.nodes.values()].flatMap((node) => (isBuilding(node, id) || hasGivenUp(node, id) ? [node.facts.id] : []))
  }

  /** Also while the node is silent and the head gave it up: that is a guess, and only the node can confirm. */
  #stillHolds(id: JobsetId, of: NodeId, attempts: readonly AttemptId[]): boolean {
    const { core } = this.#loop
    const node = core.nodes.get(of)
    if (attempts.some((attempt) => core.attempts.has(attempt) || node?.givenUp.has(attempt)) || isBuilding(node, id)) return true
    return attempts.length === 0 && node !== undefined && hasGivenUp(node, id)
  }
}

function assertKnown(unknown: readonly string[], consequence: string): void {
  if (unknown.length === 0) return
  const names = unknown.slice(0, 3).map((name) => `'${name}'`)
  throw new DistError('not_found', `the jobset has no job ${names.join(', ')}`, { hint: `${consequence}; dist jobs lists the names` })
}

function isBuilding(node: NodeState | undefined, id: JobsetId): boolean {
  return node?.builds.of(id).some(({ kind }) => kind === 'ordered' || kind === 'building') ?? false
}

function hasGivenUp(node: NodeState, id: JobsetId): boolean {
  return [...node.givenUp.values()].includes(id)
}
