// Tells when a launcher is of no use any more: no agent, and every keeper idle, for a while. Keepers are asked for their
// inventory now and then, because without an agent nobody else knows.

export interface IdleQuestions {
  hasAgent(): boolean
  keepers(): readonly number[]
  askAll(): void
}

export class IdleWatch {
  private readonly idleMs: number
  private readonly questions: IdleQuestions
  private readonly timer: NodeJS.Timeout
  private readonly idle = new Set<number>()
  private since: number | null = null

  constructor(idleMs: number, questions: IdleQuestions, onIdle: () => void) {
    this.idleMs = idleMs
    this.questions = questions
    this.timer = setInterval(() => this.tick() && onIdle(), Math.min(3_000, Math.max(20, idleMs / 10)))
  }

  /** A keeper's lists, while no agent is connected. */
  heard(slot: number, line: Buffer): void {
    if (!line.includes('"e":"inv"')) return
    const reports: { e?: string; run?: string | null; queue?: unknown[] }[] = JSON.parse(line.toString())
    for (const report of reports) {
      if (report.e !== 'inv') continue
      if (report.run === null && report.queue?.length === 0) this.idle.add(slot)
      else this.idle.delete(slot)
    }
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private tick(): boolean {
    if (this.questions.hasAgent()) {
      this.idle.clear()
      this.since = null
      return false
    }
    if (this.questions.keepers().every((slot) => this.idle.has(slot))) {
      this.since ??= performance.now()
      return performance.now() - this.since >= this.idleMs
    }
    this.since = null
    this.questions.askAll()
    return false
  }
}
