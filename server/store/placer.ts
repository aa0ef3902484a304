// Brings committed results into their plain folders, without fsync per file: one `sync -f` per sealed pack, then the rows
// are flipped and the pack goes. Placing twice gives the same folder.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorMessage, systemCode } from '../../shared/base/errors.ts'
import { syncFolder } from '../../shared/files/atomic.ts'
import { safeSegments } from '../../shared/files/safe-path.ts'
import { spreadSubfolders } from '../../shared/files/spread.ts'
import type { PlacedFile, PlacementOrder } from './placement.ts'
import type { PlacedItem } from './transitions/placed.ts'
import { orderBytes, type PlacerCommand, type PlacerNotice } from './writer.ts'

const writeFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW

export class Placer {
  readonly #results: string
  readonly #notify: (notice: PlacerNotice) => void
  readonly #placed = new Map<number, PlacedItem[]>()
  /** namespaces whose folder was prepared */
  readonly #spread = new Set<string>()

  /** `results` = the data folder's results/ */
  constructor(results: string, notify: (notice: PlacerNotice) => void) {
    this.#results = results
    this.#notify = notify
    mkdirSync(join(results, '.incoming'), { recursive: true })
  }

  /** One command; throws when the disk refuses, and the same command may then be given again. */
  run(command: PlacerCommand): void {
    if (command.kind === 'seal') {
      this.#seal(command.pack)
      return
    }
    for (const order of command.orders) this.#place(order)
    this.#notify({ kind: 'done', orders: command.orders.length, bytes: command.orders.reduce((sum, order) => sum + orderBytes(order), 0) })
  }

  #place(order: PlacementOrder): void {
    if (order.kind !== 'aside') this.#spreadBatches(order.folder)
    if (order.kind === 'move') {
      this.#move(order)
      this.#notify({ kind: 'placed', items: [{ table: order.table, id: order.id }], pack: null })
      return
    }
    if (order.kind === 'aside') {
      this.#moveAside(order.from, order.to)
      this.#notify({ kind: 'placed', items: [{ table: 'attempt', id: order.id }], pack: null })
      return
    }
    const folder = join(this.#results, order.folder)
    if (order.table === 'attempt' || order.files.length > 0 || order.folders.length > 0) mkdirSync(folder, { recursive: true })
    for (const path of order.folders) mkdirSync(join(folder, ...safeSegments(path)), { recursive: true })
    for (const file of order.files) writePlaced(folder, file)
    for (const file of order.outside) writePlaced(this.#results, file)
    const items = this.#placed.get(order.pack) ?? []
    items.push({ table: order.table, id: order.id })
    this.#placed.set(order.pack, items)
  }

  /** Batches come and go with their thousands of folders. */
  #spreadBatches(folder: string): void {
    const [namespace = ''] = folder.split('/', 1)
    if (this.#spread.has(namespace)) return
    this.#spread.add(namespace)
    mkdirSync(join(this.#results, namespace), { recursive: true })
    spreadSubfolders(join(this.#results, namespace))
  }

  #move(order: Extract<PlacementOrder, { kind: 'move' }>): void {
    const source = join(this.#results, '.incoming', order.id)
    const target = join(this.#results, order.folder)
    mkdirSync(dirname(target), { recursive: true })
    if (existsSync(source)) {
      for (const [inside, outside] of order.outside) {
        if (!existsSync(join(source, inside))) continue
        renameSync(join(source, inside), join(this.#results, outside))
      }
      this.#renameOver(source, target)
      syncFolder(dirname(target))
    }
    rmSync(`${source}.manifest.json`, { force: true })
  }

  /** Done already when the target is there: a later generation may have filled `from` again since. */
  #moveAside(from: string, to: string): void {
    const [source, target] = [join(this.#results, from), join(this.#results, to)]
    if (existsSync(target) || !existsSync(source)) return
    mkdirSync(dirname(target), { recursive: true })
    renameSync(source, target)
    syncFolder(dirname(target))
    syncFolder(dirname(source))
  }

  #renameOver(source: string, target: string): void {
    try {
      renameSync(source, target)
    } catch (error) {
      if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error
      // Something of the same name was put there by hand: keep it beside, the committed result takes its place.
      const aside = `${target}.was-here-${Date.now()}`
      renameSync(target, aside)
      renameSync(source, target)
      this.#notify({ kind: 'warning', message: `${target} existed; what was there is now ${aside}` })
    }
  }

  #seal(pack: number): void {
    // Node has no syncfs. A failed sync leaves pack and rows as they are; the next start places again.
    execFileSync('sync', ['-f', this.#results])
    const items = this.#placed.get(pack) ?? []
    this.#placed.delete(pack)
    this.#notify({ kind: 'placed', items, pack })
  }
}

function writePlaced(folder: string, file: PlacedFile): void {
  const segments = safeSegments(file.path)
  const path = join(folder, ...segments)
  let fd: number
  try {
    fd = openSync(path, writeFlags, file.mode)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    mkdirSync(dirname(path), { recursive: true })
    fd = openSync(path, writeFlags, file.mode)
  }
  try {
    let at = 0
    while (at < file.data.byteLength) at += writeSync(fd, file.data, at)
  } finally {
    closeSync(fd)
  }
}

/** What to say when a command failed and is tried again. */
export function placingFailed(error: unknown): string {
  return `results cannot be placed yet: ${errorMessage(error)}; trying again every second`
}
