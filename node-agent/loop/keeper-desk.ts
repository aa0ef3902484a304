// Writes orders for the keeper of slot 0: run orders with their jobset's template in front when the keeper does not
// have it. The link gathers what is sent in one turn of the event loop.
import type { JobsetUid } from '../../shared/model/ids.ts'
import type { Attempt, JobsetInfo } from '../core/work.ts'
import type { Environment, KeeperOrder, RunOrder, ScriptFile, StagedFile, TemplateFile } from '../launcher/messages.ts'
import { attemptEnvironment, jobsetEnvironment } from '../stage/environment.ts'

export interface DeskFacts {
  /** what jobs inherit from the agent */
  readonly inherited: Environment
  readonly nodeName: () => string
  readonly workspace: (uid: JobsetUid) => string
  /** where a blob lies */
  readonly blob: (sha256: string) => string
}

export class KeeperDesk {
  readonly #facts: DeskFacts
  readonly #send: (orders: readonly KeeperOrder[]) => void
  readonly #templates = new Set<JobsetUid>()
  /** final verdicts of one frame: one order for all */
  #forgotten: string[] = []
  #scheduled = false

  constructor(facts: DeskFacts, send: (orders: readonly KeeperOrder[]) => void) {
    this.#facts = facts
    this.#send = send
  }

  /** Another keeper, or one that we have not talked to yet: it may know no template. */
  newKeeper(): void {
    this.#templates.clear()
  }

  run(attempt: Attempt, jobset: JobsetInfo, files: readonly StagedFile[]): void {
    const { work } = attempt
    if (work.kind === 'adopted') return
    // a build makes the workspace anew: its template is sent again, so that the keeper enters the new folder
    if (work.kind === 'build' || !this.#templates.has(work.uid)) this.#template(jobset)
    const script: ScriptFile | null =
      work.kind === 'job' ? ['job.py', work.script.sha256, work.script.mode, this.#facts.blob(work.script.sha256)] : null
    const order: RunOrder = {
      op: 'run',
      id: work.id,
      t: work.uid,
      k: work.kind,
      argv: work.kind === 'job' ? ['python3', './job.py', String(work.cores)] : ['python3', './build.py'],
      env: attemptEnvironment(this.#facts.inherited, {
        id: work.id,
        cores: work.cores,
        jobName: work.kind === 'job' ? work.jobName : null,
      }),
      files,
      script,
      limit: null,
    }
    this.#push(order)
  }

  drop(id: string): void {
    this.#push({ op: 'drop', ids: [id] })
  }

  kill(id: string, grace: number, why: 'cancel' | 'kill'): void {
    this.#push({ op: 'kill', id, grace, why })
  }

  forget(id: string): void {
    this.#forgotten.push(id)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.flush())
  }

  /** Sends the verdicts that were gathered. */
  flush(): void {
    this.#scheduled = false
    const ids = this.#forgotten
    this.#forgotten = []
    if (ids.length > 0) this.#push({ op: 'forget', ids })
  }

  #template(jobset: JobsetInfo): void {
    const w = this.#facts.workspace(jobset.uid)
    const name = `${jobset.namespace}/${jobset.batchName}`
    const env = jobsetEnvironment(this.#facts.inherited, { w, jobset: name, node: this.#facts.nodeName() })
    const files = jobset.files.map((file): TemplateFile => [file.name, file.sha256, file.mode, this.#facts.blob(file.sha256)])
    this.#templates.add(jobset.uid)
    this.#push({ op: 'tmpl', t: jobset.uid, w, env, files })
  }

  #push(order: KeeperOrder): void {
    this.#send([order])
  }
}
