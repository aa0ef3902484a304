// ControlPort for the HTTP routes: each order is written first, then the core follows. A core that was loaded meanwhile has
// read it from the rows.
import type { Clock } from '../../shared/base/clock.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { JobId, JobsetId, NodeId } from '../../shared/model/ids.ts'
import { onCleared, onHeld, onPaused, onPriority, onReleased, onResumed } from '../core/control-events.ts'
import type { Core } from '../core/state.ts'
import type { ControlPort, Released } from '../ports/control.ts'
import type { InputOf, OutputOf, TransitionName } from '../store/transitions-table.ts'
import type { HeadLoop } from './head-loop.ts'

export class ControlService implements ControlPort {
  readonly #loop: HeadLoop
  readonly #clock: Clock

  constructor(loop: HeadLoop, clock: Clock) {
    this.#loop = loop
    this.#clock = clock
  }

  async prioritise(jobset: JobsetId, priority: number, by: string): Promise<void> {
    await this.#run('prioritise', { jobset, priority, by }, (core) => onPriority(core, jobset, priority, this.#loop.effects))
  }

  hold(jobset: JobsetId, by: string): Promise<boolean> {
    return this.#run('hold', { jobset, by }, (core, held) => {
      if (held) onHeld(core, jobset, this.#loop.effects)
    })
  }

  async release(jobset: JobsetId, jobs: readonly string[] | null, by: string): Promise<Released> {
    const reply = await this.#run('release', { jobset, jobs, by }, (core, { lifted, jobs: due }) => {
      const known = due.map(({ job, demand }) => ({ job: job as JobId, demand }))
      onReleased(core, jobset, lifted, known, this.#loop.effects)
    })
    if (reply.unknown.length > 0) {
      const names = reply.unknown.slice(0, 3).map((name) => `'${name}'`)
      throw new DistError('not_found', `the jobset has no job ${names.join(', ')}`, {
        hint: 'nothing was released; dist jobs lists the names',
      })
    }
    return { lifted: reply.lifted, jobs: reply.jobs.length }
  }

  node(text: string): NodeId {
    const node = [...this.#loop.core.nodes.values()].find(({ facts }) => facts.id === text || facts.name === text)
    if (node === undefined) throw new DistError('not_found', `there is no node '${text}'`, { hint: 'dist nodes lists them' })
    return node.facts.id
  }

  async pauseNode(node: NodeId, seconds: number | null, by: string): Promise<number | null> {
    const ms = seconds === null ? null : seconds * 1000
    const until = ms === null ? null : Math.round(this.#clock.wall() + ms)
    const end = ms === null ? null : this.#clock.monotonic() + ms
    await this.#run('pauseNode', { node, by, until }, (core) => onPaused(core, node, end, this.#loop.effects))
    return until
  }

  resumeNode(node: NodeId, by: string): Promise<boolean> {
    return this.#run('resumeNode', { node, by }, (core) => onResumed(core, node, this.#loop.effects))
  }

  async clearNode(node: NodeId, by: string): Promise<number> {
    const jobsets = await this.#run('clearNode', { node, by }, (core, ids) => onCleared(core, node, ids, this.#loop.effects))
    return jobsets.length
  }

  async #run<N extends TransitionName>(
    name: N,
    input: InputOf<N>,
    follow: (core: Core, output: OutputOf<N>) => void,
  ): Promise<OutputOf<N>> {
    const loop = this.#loop
    const { epoch } = loop
    const output = await loop.store(name, input)
    if (epoch === loop.epoch && !loop.rebuilding) follow(loop.core, output)
    return output
  }
}
