// Writes orders for the keepers: run orders with their jobset's template in front when that slot's keeper does not have it.
// The link gathers what is sent in one turn of the event loop.
import type { JobsetUid } from '../../shared/model/ids.ts'
import { sourceArgv } from '../../shared/run/source-argv.ts'
import type { Answer } from '../../shared/trial/talk-back.ts'
import type { Attempt, JobsetInfo, Work } from '../core/work.ts'
import type { Environment, KeeperOrder, RunOrder, ScriptFile, TemplateFile } from '../launcher/messages.ts'
import { buildArgv, jobArgv, needsPython } from '../stage/argv.ts'
import { attemptEnvironment, buildEnvironment, jobsetEnvironment } from '../stage/environment.ts'
import { findProgram } from '../stage/find-program.ts'
import type { Where } from '../stage/places.ts'
import { saveFolder, trialVariables } from '../stage/trial-place.ts'
import type { Staged } from './staging.ts'

type Given = Exclude<Work, { kind: 'adopted' }>

export interface DeskFacts {
  /** what jobs inherit from the agent */
  readonly inherited: Environment
  readonly nodeName: () => string
  /** of this node; with some, a job that was granted none must not see any */
  readonly gpus: () => number
  /** git_ssh_key of agent.yaml */
  readonly sshKey: () => string | null
  readonly where: (work: Given, jobset: JobsetInfo) => Where
  /** where a blob lies */
  readonly blob: (sha256: string) => string
  /** the only CPUs that it may use, null = all */
  readonly cpus: (work: Given) => readonly number[] | null
}

/** What one keeper was told, and what it is still to be told. */
interface Slot {
  /** by jobset: the place that its template is of, as `Attempt.place` */
  readonly templates: Map<JobsetUid, string>
  /** final verdicts of one frame: one order for all */
  forgotten: string[]
}

export class KeeperDesk {
  readonly #facts: DeskFacts
  readonly #send: (slot: number, orders: readonly KeeperOrder[]) => void
  readonly #slots = new Map<number, Slot>()
  #scheduled = false

  constructor(facts: DeskFacts, send: (slot: number, orders: readonly KeeperOrder[]) => void) {
    this.#facts = facts
    this.#send = send
  }

  /** Another keeper, or one that we have not talked to yet: it may know no template. */
  newKeeper(slot: number): void {
    this.#slot(slot).templates.clear()
  }

  /** The place is another folder now, or gone: who knew it must enter it anew. */
  forgetPlace(place: string): void {
    for (const { templates } of this.#slots.values()) for (const [uid, known] of templates) if (known === place) templates.delete(uid)
  }

  run(attempt: Attempt, jobset: JobsetInfo, { files, answer }: Staged): void {
    const { work, place } = attempt
    const { inherited, cpus: bound } = this.#facts
    if (work.kind === 'adopted') return
    const { templates } = this.#slot(work.slot)
    if (templates.get(work.uid) !== place) this.#template(work, jobset)
    // it was of the build's own folder: jobs may get a view of that
    if (work.kind === 'build') templates.delete(work.uid)
    else templates.set(work.uid, place)
    const own = work.kind === 'job' ? work.script : null
    const script: ScriptFile | null = own === null ? null : ['job.py', own.sha256, own.mode, this.#facts.blob(own.sha256)]
    const cpus = bound(work)
    const order: RunOrder = {
      op: 'run',
      id: work.id,
      t: work.uid,
      k: work.kind,
      argv: this.argv(work, jobset),
      env: {
        ...attemptEnvironment(inherited, work, this.#facts.gpus(), this.#trial(work, jobset, answer)),
        ...(work.kind === 'build' ? buildEnvironment(inherited, this.#facts.sshKey()) : {}),
      },
      files,
      script,
      limit: work.kind === 'job' ? work.timeLimit : null,
      ...(work.kind === 'job' && work.memory !== null ? { memory: work.memory } : {}),
      ...(work.kind === 'job' && work.nice !== 0 ? { nice: work.nice } : {}),
      ...(cpus !== null ? { cpus } : {}),
    }
    this.#send(work.slot, [order])
  }

  /** Throws when this node cannot start it: staging asks first (staging.ts). */
  argv(work: Given, jobset: JobsetInfo): string[] {
    const { inherited, where, blob } = this.#facts
    const path = (work.kind === 'job' ? work.env['PATH'] : undefined) ?? inherited['PATH']
    const find = (name: string) => findProgram(name, path)
    if (work.kind === 'job') return jobArgv(work, jobset, { w: where(work, jobset).w, blob, find })
    needsPython(jobset, find)
    const build = buildArgv(jobset, work.cores)
    return jobset.source === null ? build : sourceArgv(jobset.source, build)
  }

  drop(slot: number, id: string): void {
    this.#send(slot, [{ op: 'drop', ids: [id] }])
  }

  kill(slot: number, id: string, grace: number, why: 'cancel' | 'kill'): void {
    this.#send(slot, [{ op: 'kill', id, grace, why }])
  }

  forget(slot: number, id: string): void {
    this.#slot(slot).forgotten.push(id)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.flush())
  }

  /** Sends the verdicts that were gathered. */
  flush(): void {
    this.#scheduled = false
    for (const [number, slot] of this.#slots) {
      if (slot.forgotten.length === 0) continue
      this.#send(number, [{ op: 'forget', ids: slot.forgotten }])
      slot.forgotten = []
    }
  }

  /** What a trial's environment has beyond that of other jobs. */
  #trial(work: Given, jobset: JobsetInfo, answer: Answer): Environment | null {
    const rules = jobset.trialRules
    if (work.kind === 'build' || work.trial === null || rules === null) return null
    const folder = saveFolder(jobset.kind, this.#facts.where(work, jobset).w)
    return trialVariables(work, work.trial, rules, folder, answer)
  }

  #template(work: Given, jobset: JobsetInfo): void {
    const { w, view } = this.#facts.where(work, jobset)
    const name = `${jobset.namespace}/${jobset.batchName}`
    const env = jobsetEnvironment(this.#facts.inherited, {
      w,
      jobset: name,
      node: this.#facts.nodeName(),
      container: jobset.kind === 'apptainer',
    })
    const files = jobset.files.map((file): TemplateFile => [file.name, file.sha256, file.mode, this.#facts.blob(file.sha256)])
    this.#send(work.slot, [{ op: 'tmpl', t: jobset.uid, w, ...(view === null ? {} : { view }), env, files }])
  }

  #slot(number: number): Slot {
    let slot = this.#slots.get(number)
    if (slot === undefined) {
      slot = { templates: new Map(), forgotten: [] }
      this.#slots.set(number, slot)
    }
    return slot
  }
}
