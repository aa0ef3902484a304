// Staging: makes `input/`, the script and `distribute_save/` of a workspace what the next job must find, touching only what
// differs. What a job may have changed is told by inode, ctime and size (place.ts). Made by the keeper for every template.
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ScriptFile, TemplateOrder } from '../launcher/messages.ts'
import { isProved, type Known, placeFile } from './place.ts'
import { makePlan, type Plan, parent, safe } from './plan.ts'
import { below, empty, look, namesIn, remove } from './remove.ts'

/** ns; how slowly the kernel's clock for ctimes may tick */
export const tick = 10_000_000n
const large = 64n << 10n
const reserved = ['input', 'distribute_save', 'initial_files']

/** A folder whose listing nobody changed since. */
interface Listing {
  readonly inode: bigint
  readonly changed: bigint
}

export class Workspace {
  readonly path: string
  readonly order: TemplateOrder
  readonly plan: Plan
  readonly save: string
  /** ns; what was changed later than this proves nothing: 10 ms before the start of the job that ran last */
  trust = 0n
  readonly #shared: ReadonlySet<string>
  #files = new Map<string, Known>()
  #folders = new Map<string, Listing>()
  #script: { readonly name: string; readonly known: Known } | null = null
  #emptySave: Listing | null = null

  constructor(order: TemplateOrder) {
    this.order = order
    this.path = order.w
    this.save = join(order.w, 'distribute_save')
    this.plan = makePlan(order.files)
    this.#shared = new Set(order.files.map(([, sha256]) => sha256))
  }

  /** Nothing is known any more (a build runs here, the agent laid it out anew). */
  reset(): void {
    this.#files.clear()
    this.#folders.clear()
    this.#script = null
    this.#emptySave = null
    this.trust = 0n
  }

  /** Throws; what is known stays true then, and the next call mends the rest. Returns ms to wait before the job may start. */
  stage(plan: Plan, script: ScriptFile | null): number {
    const touched = this.#stageFolders(plan)
    let settled = 0n
    for (const [path, want] of plan.files) {
      const known = this.#files.get(path)
      this.#files.delete(path)
      if (known !== undefined && isProved(this.#at(path), want, known, this.trust)) {
        this.#files.set(path, known)
        continue
      }
      const written = placeFile(this.#at(path), want)
      this.#files.set(path, written)
      touched.add(parent(path))
      if (written.size > large && this.#shared.has(want.sha256) && written.changed > settled) settled = written.changed
    }
    for (const path of touched) this.#folders.set(path, listingOf(this.#at(path)))
    if (script !== null) this.#stageScript(script)
    if (this.#emptySave === null) this.#clearSave()
    // A large file's ctime becomes a proof by waiting once; comparing it after every short job would cost more.
    return settled === 0n ? 0 : Math.max(0, Number(settled + tick) / 1e6 - Date.now() + 1)
  }

  /** True when nothing has happened in `distribute_save` since it was proved empty. */
  saveIsEmpty(): boolean {
    return this.#unchanged(this.save, this.#emptySave)
  }

  forgetSave(): void {
    this.#emptySave = null
  }

  proveSave(): void {
    this.#emptySave = listingOf(this.save)
  }

  #at(path: string): string {
    return `${this.path}/${path}`
  }

  /** Makes every folder a real one with nothing in it that does not belong; returns those whose proof must be taken anew. */
  #stageFolders(plan: Plan): Set<string> {
    const touched = new Set<string>()
    const same = this.#files.size === plan.files.size && [...plan.files.keys()].every((path) => this.#files.has(path))
    for (const [path, belongs] of plan.folders) {
      const at = this.#at(path)
      const facts = look(at)
      if (facts?.isDirectory() === true) {
        if (same && this.#unchanged(at, this.#folders.get(path) ?? null)) continue
        touched.add(path)
        if ((facts.mode & 0o7777n) !== 0o755n) chmodSync(at, 0o755)
        for (const name of namesIn(at)) {
          if (!belongs.has(name.toString('utf8'))) remove(below(at, name))
        }
      } else {
        remove(at)
        mkdirSync(at)
        chmodSync(at, 0o755)
        touched.add(path)
        if (path !== 'input') touched.add(parent(path))
      }
    }
    for (const path of this.#files.keys()) if (!plan.files.has(path)) this.#files.delete(path)
    for (const path of this.#folders.keys()) if (!plan.folders.has(path)) this.#folders.delete(path)
    return touched
  }

  #unchanged(at: string, known: Listing | null): boolean {
    if (known === null || known.changed > this.trust) return false
    const facts = look(at)
    return facts?.isDirectory() === true && facts.ino === known.inode && facts.ctimeNs === known.changed
  }

  #stageScript([name, sha256, mode, source]: ScriptFile): void {
    if (safe(name).includes('/') || reserved.includes(name)) throw new Error(`unsafe script name ${JSON.stringify(name)}`)
    const before = this.#script
    this.#script = null
    if (before !== null && before.name !== name) remove(this.#at(before.name))
    const want = { sha256, mode: mode & 0o7777, source, how: 'c' } as const
    const known = before?.name === name ? before.known : undefined
    const proved = known !== undefined && isProved(this.#at(name), want, known, this.trust)
    this.#script = { name, known: proved ? known : placeFile(this.#at(name), want) }
  }

  #clearSave(): void {
    const facts = look(this.save)
    if (facts?.isDirectory() !== true) {
      remove(this.save)
      mkdirSync(this.save)
    } else empty(this.save)
    chmodSync(this.save, 0o755)
    this.proveSave()
  }
}

function listingOf(path: string): Listing {
  const facts = look(path)
  if (facts === null) throw new Error(`${path} went away`)
  return { inode: facts.ino, changed: facts.ctimeNs }
}
