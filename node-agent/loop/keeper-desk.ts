// Writes orders for the keeper of slot 0: run orders with their jobset's template in front when the keeper does not
// have it. The link gathers what is sent in one turn of the event loop.
import type { JobsetUid } from '../../shared/model/ids.ts'
import type { Attempt, JobsetInfo, Work } from '../core/work.ts'
import type { Environment, KeeperOrder, RunOrder, ScriptFile, StagedFile, TemplateFile } from '../launcher/messages.ts'
import { buildArgv, jobArgv, needsPython } from '../stage/argv.ts'
import { attemptEnvironment, buildEnvironment, jobsetEnvironment } from '../stage/environment.ts'
import { findProgram } from '../stage/find-program.ts'
import { sourceArgv } from '../stage/source.ts'

export interface DeskFacts {
  /** what jobs inherit from the agent */
  readonly inherited: Environment
  readonly nodeName: () => string
  /** git_ssh_key of agent.yaml */
  readonly sshKey: () => string | null
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
    const { inherited } = this.#facts
    if (work.kind === 'adopted') return
    // a build makes the workspace anew: its template is sent again, so that the keeper enters the new folder
    if (work.kind === 'build' || !this.#templates.has(work.uid)) this.#template(jobset)
    const own = work.kind === 'job' ? work.script : null
    const script: ScriptFile | null = own === null ? null : ['job.py', own.sha256, own.mode, this.#facts.blob(own.sha256)]
    const order: RunOrder = {
      op: 'run',
      id: work.id,
      t: work.uid,
      k: work.kind,
      argv: this.argv(work, jobset),
      env: {
        ...attemptEnvironment(inherited, work),
        ...(work.kind === 'build' ? buildEnvironment(inherited, this.#facts.sshKey()) : {}),
      },
      files,
      script,
      limit: work.kind === 'job' ? work.timeLimit : null,
      ...(work.kind === 'job' && work.memory !== null ? { memory: work.memory } : {}),
      ...(work.kind === 'job' && work.nice !== 0 ? { nice: work.nice } : {}),
    }
    this.#push(order)
  }

  /** Throws when this node cannot start it: staging asks first (staging.ts). */
  argv(work: Exclude<Work, { kind: 'adopted' }>, jobset: JobsetInfo): string[] {
    const { inherited, workspace, blob } = this.#facts
    const w = workspace(jobset.uid)
    const path = (work.kind === 'job' ? work.env['PATH'] : undefined) ?? inherited['PATH']
    const find = (name: string) => findProgram(name, path)
    if (work.kind === 'job') return jobArgv(work, jobset, { w, blob, find })
    needsPython(jobset, find)
    const build = buildArgv(jobset, work.cores)
    return jobset.source === null ? build : sourceArgv(jobset.source, build)
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
    const env = jobsetEnvironment(this.#facts.inherited, {
      w,
      jobset: name,
      node: this.#facts.nodeName(),
      container: jobset.kind === 'apptainer',
    })
    const files = jobset.files.map((file): TemplateFile => [file.name, file.sha256, file.mode, this.#facts.blob(file.sha256)])
    this.#templates.add(jobset.uid)
    this.#push({ op: 'tmpl', t: jobset.uid, w, env, files })
  }

  #push(order: KeeperOrder): void {
    this.#send([order])
  }
}
