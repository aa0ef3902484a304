// Writes orders for the keepers: run orders with their jobset's template in front when that slot's keeper does not have it.
// The link gathers what is sent in one turn of the event loop.
import type { JobsetUid } from '../../shared/model/ids.ts'
import { sourceArgv } from '../../shared/run/source-argv.ts'
import type { Attempt, JobsetInfo, Place, Work } from '../core/work.ts'
import type { Environment, KeeperOrder, RunOrder, ScriptFile, TemplateFile } from '../launcher/messages.ts'
import { buildArgv, inContainer, jobArgv, needsPython } from '../stage/argv.ts'
import { attemptEnvironment, buildEnvironment, jobsetEnvironment } from '../stage/environment.ts'
import { findProgram } from '../stage/find-program.ts'
import type { Where } from '../stage/places.ts'
import { startTrial, type TrialStart } from '../stage/trial-start.ts'
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
  /** holds attempts/<id> */
  readonly attempts: string
  /** where answers about the environments of a place are kept */
  readonly answers: (place: Place) => string
  /** of the agent itself, null = none */
  readonly python: string | null
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

  run(attempt: Attempt, jobset: JobsetInfo, staged: Staged): void {
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
    const trial = this.#trial(attempt, jobset, staged)
    const order: RunOrder = {
      op: 'run',
      id: work.id,
      t: work.uid,
      k: work.kind,
      argv: this.argv(work, jobset, trial?.probe ?? null),
      env: {
        ...attemptEnvironment(inherited, work, this.#facts.gpus(), trial?.env ?? null),
        ...(work.kind === 'build' ? buildEnvironment(inherited, this.#facts.sshKey()) : {}),
      },
      files: staged.files,
      script,
      limit: work.kind === 'job' ? work.timeLimit : null,
      ...(work.kind === 'job' && work.memory !== null ? { memory: work.memory } : {}),
      ...(work.kind === 'job' && work.nice !== 0 ? { nice: work.nice } : {}),
      ...(cpus !== null ? { cpus } : {}),
    }
    this.#send(work.slot, [order])
  }

  /** Throws when this node cannot start it: staging asks first (staging.ts). */
  argv(work: Given, jobset: JobsetInfo, probe: string | null = null): string[] {
    const { where, blob } = this.#facts
    const path = this.#path(work)
    const find = (name: string) => findProgram(name, path)
    if (work.kind === 'job') return jobArgv(work, jobset, { w: where(work, jobset).w, blob, find }, probe)
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

  /** What a trial is started with beyond other jobs. */
  #trial({ work, place }: Attempt, jobset: JobsetInfo, { answer, needs }: Staged): TrialStart | null {
    const rules = jobset.trialRules
    if (work.kind !== 'job' || work.trial === null || rules === null) return null
    const { where, blob, attempts, answers, python } = this.#facts
    const { w } = where(work, jobset)
    const path = this.#path(work)
    const container = inContainer(jobset, { w, blob, find: (name) => findProgram(name, path) })
    const folders = { w, attemptFolder: `${attempts}/${work.id}`, answers: answers(place) }
    return startTrial(work, work.trial, jobset, rules, { ...folders, answer, needs, python, path: path ?? '', container })
  }

  #path(work: Given): string | undefined {
    return (work.kind === 'job' ? work.env['PATH'] : undefined) ?? this.#facts.inherited['PATH']
  }

  #template(work: Given, jobset: JobsetInfo): void {
    const { w, view } = this.#facts.where(work, jobset)
    const name = `${jobset.namespace}/${jobset.batchName}`
    const env = jobsetEnvironment(this.#facts.inherited, {
      w,
      jobset: name,
      node: this.#facts.nodeName(),
      container: jobset.kind === 'apptainer',
      trials: jobset.trialRules !== null,
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
