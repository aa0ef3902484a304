// At start: which committed results still lie in packs or in .incoming, and the orders that bring them into their folders.
// A pack is cut after the last referenced byte; a pack that nothing refers to is removed.
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync, truncateSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { DistError } from '../../shared/base/errors.ts'
import { sha256 } from '../../shared/files/digest.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import { readRecord } from './pack-tar.ts'
import type { PlacedFile, PlacementOrder } from './placement.ts'
import { attemptFolder, buildFolder, buildOutputFile, jobFolder } from './result-folder.ts'

interface Row {
  readonly table: 'attempt' | 'build'
  readonly id: string
  readonly location: string
  readonly manifest: string
  readonly state: string
  readonly number: number | null
  readonly job: string | null
  readonly node: string | null
  readonly namespace: string
  readonly batch: string
}

export interface Recovered {
  readonly orders: readonly PlacementOrder[]
  /** packs to seal, all that exist and are referred to */
  readonly packs: readonly number[]
  readonly nextPack: number
}

export function recover(db: Database.Database, packFolder: string): Recovered {
  mkdirSync(packFolder, { recursive: true })
  const existing = readdirSync(packFolder).flatMap((name) => (/^\d+\.tar$/.test(name) ? [Number.parseInt(name, 10)] : []))
  const rows = unplaced(db)
  // First what makes room, then what fills it.
  const orders: PlacementOrder[] = rows.filter((row) => row.location === 'aside').map(asideOrder)
  orders.push(...rows.filter((row) => row.location === 'incoming').map(moveOrder))
  const byPack = new Map<number, Row[]>()
  for (const row of rows) {
    const pack = /^pack:(\d+):/.exec(row.location)?.[1]
    if (pack !== undefined) byPack.set(Number(pack), [...(byPack.get(Number(pack)) ?? []), row])
  }
  const ends = new Map<string, number>()
  for (const [pack, packed] of byPack) orders.push(...readPack(join(packFolder, `${pack}.tar`), pack, packed, ends))
  // Only now: a damaged data folder is left as it is.
  for (const [path, end] of ends) truncateSync(path, end)
  for (const pack of existing) if (!byPack.has(pack)) unlinkSync(join(packFolder, `${pack}.tar`))
  return { orders, packs: [...byPack.keys()], nextPack: Math.max(0, ...existing, ...byPack.keys()) + 1 }
}

function unplaced(db: Database.Database): Row[] {
  const attempts = db
    .prepare<[], Row>(
      `SELECT 'attempt' AS "table", a.id, a.location, a.manifest, a.state, a.number, j.name AS job, NULL AS node, s.namespace, s.batch
       FROM attempt a JOIN job j ON j.id = a.job JOIN jobset s ON s.id = a.jobset WHERE a.location <> 'folder'`,
    )
    .all()
  const builds = db
    .prepare<[], Row>(
      `SELECT 'build' AS "table", b.id, b.location, b.manifest, b.state, NULL AS number, NULL AS job, CASE b.place WHEN 0 THEN n.name ELSE n.name || '.' || b.place END AS node, s.namespace, s.batch
       FROM build b JOIN node n ON n.id = b.node JOIN jobset s ON s.id = b.jobset WHERE b.location <> 'folder'`,
    )
    .all()
  return [...attempts, ...builds]
}

function folderOf(row: Row): string {
  if (row.table === 'build') return buildFolder(row, row.node ?? '')
  if (row.state === 'committed') return jobFolder(row, row.job ?? '')
  return attemptFolder(row, row.job ?? '', row.number === null ? row.id : String(row.number))
}

function asideOrder(row: Row): PlacementOrder {
  return { kind: 'aside', id: row.id, from: jobFolder(row, row.job ?? ''), to: folderOf(row) }
}

function moveOrder(row: Row): PlacementOrder {
  const outside = row.table === 'build' ? ([['stdout.txt', buildOutputFile(row, row.node ?? '')]] as const) : []
  return { kind: 'move', table: row.table, id: row.id, folder: folderOf(row), outside }
}

function readPack(path: string, pack: number, rows: readonly Row[], ends: Map<string, number>): PlacementOrder[] {
  if (!existsSync(path)) {
    throw new DistError('data_folder', `the data folder is damaged: ${path} is missing, but ${rows.length} results are in it`, {
      hint: 'restore the data folder from a backup; nothing was changed',
    })
  }
  const fd = openSync(path, 'r')
  try {
    const read = (offset: number, length: number): Buffer => {
      const buffer = Buffer.alloc(length)
      return buffer.subarray(0, readSync(fd, buffer, 0, length, offset))
    }
    let last = 0
    const orders = rows.map((row): PlacementOrder => {
      const files: PlacedFile[] = []
      const outside: PlacedFile[] = []
      let at = Number(row.location.split(':')[2])
      const manifest = JSON.parse(row.manifest) as Manifest
      const wanted = new Map(manifest.flatMap((entry) => (entry.kind === 'file' ? [[entry.path, entry.sha256] as const] : [])))
      for (let i = 0; i < wanted.size; i++) {
        const record = readRecord(read, at)
        if (record === null || !record.name.startsWith(`${row.id}/`)) throw damaged(path, row.id)
        const file: PlacedFile = { path: record.name.slice(row.id.length + 1), mode: record.mode, data: read(record.offset, record.size) }
        // What is placed is never hashed again before somebody asks for it.
        if (sha256(file.data) !== wanted.get(file.path)) throw damaged(path, row.id)
        if (row.table === 'build' && file.path === 'stdout.txt') outside.push({ ...file, path: buildOutputFile(row, row.node ?? '') })
        else files.push(file)
        at = record.end
      }
      last = Math.max(last, at)
      const folders = manifest.flatMap((entry) => (entry.kind === 'folder' ? [entry.path] : []))
      return { kind: 'files', pack, table: row.table, id: row.id, folder: folderOf(row), files, folders, outside }
    })
    ends.set(path, last)
    return orders
  } finally {
    closeSync(fd)
  }
}

function damaged(path: string, id: string): DistError {
  return new DistError('data_folder', `the data folder is damaged: ${path} does not hold the result of ${id}`, {
    hint: 'restore the data folder from a backup; nothing was changed',
  })
}
