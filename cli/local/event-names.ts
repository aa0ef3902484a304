// Names for the numbers in events: jobsets, jobs and nodes, asked for when they first appear.
import type { HeadClient } from '../../shared/api/client.ts'
import type { Event } from '../../shared/model/event.ts'
import type { Context } from '../context.ts'
import { jobsetLabel } from '../render/labels.ts'

export interface NamedEvent {
  readonly at: number
  readonly kind: Event['kind']
  /** `namespace/batch`; null where the event is of none */
  readonly jobset: string | null
  readonly job: string | null
  readonly node: string | null
  readonly data: Event['data']
}

/** jobs that are named at once: their neighbours come next */
const page = 500

export class EventNames {
  readonly #context: Context
  readonly #head: HeadClient
  readonly #jobsets = new Map<number, string>()
  readonly #jobs = new Map<number, string>()
  /** id of the first job by jobset */
  readonly #first = new Map<number, number>()
  readonly #nodes = new Map<string, string>()

  constructor(context: Context, head: HeadClient) {
    this.#context = context
    this.#head = head
  }

  async name({ at, kind, jobset, job, node, data }: Event): Promise<NamedEvent> {
    return {
      at,
      kind,
      jobset: jobset === null ? null : await this.#jobset(jobset),
      job: job === null || jobset === null ? null : await this.#job(jobset, job),
      node: node === null ? null : await this.#node(node),
      data,
    }
  }

  async #jobset(id: number): Promise<string> {
    const known = this.#jobsets.get(id)
    if (known !== undefined) return known
    const label = jobsetLabel(await this.#ask(() => this.#head.jobset(id, this.#context.signal)))
    this.#jobsets.set(id, label)
    return label
  }

  async #job(jobset: number, id: number): Promise<string> {
    if (!this.#first.has(jobset)) {
      const { jobs } = await this.#ask(() => this.#head.jobs(jobset, { after: -1, limit: 1 }, this.#context.signal))
      const [job] = jobs
      if (job !== undefined) this.#first.set(jobset, job.id - job.index)
    }
    if (!this.#jobs.has(id)) {
      const after = Math.max(-1, id - (this.#first.get(jobset) ?? id) - 1)
      const { jobs } = await this.#ask(() => this.#head.jobs(jobset, { after, limit: page }, this.#context.signal))
      for (const job of jobs) this.#jobs.set(job.id, job.name)
    }
    return this.#jobs.get(id) ?? `#${id}`
  }

  async #node(id: string): Promise<string> {
    if (!this.#nodes.has(id)) {
      const { nodes } = await this.#ask(() => this.#head.nodes(this.#context.signal))
      for (const node of nodes) this.#nodes.set(node.id, node.name)
    }
    return this.#nodes.get(id) ?? id
  }

  #ask<T>(step: () => Promise<T>): Promise<T> {
    return this.#context.patiently('follow', step)
  }
}
