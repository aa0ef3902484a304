// Reads a slot's journal (docs/keeper-protocol.md): the agent learns from it what happened while it was away. Lines are
// `<CRC-32 of the JSON as 8 hex digits> <JSON>\n`; reading stops at the first torn or wrong one, as the keeper's own reader does.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { systemCode } from '../../shared/base/errors.ts'
import type { ExitFacts, RunKind } from '../launcher/messages.ts'

export interface StartRecord {
  readonly r: 's'
  readonly id: string
  readonly k: RunKind
  /** the jobset's template */
  readonly t: string
  readonly pid: number
  /** start time in clock ticks since boot lies in this range */
  readonly ticks: readonly [number, number]
  readonly boot: string
  /** wall ms */
  readonly at: number
}

export interface ExitRecord extends ExitFacts {
  readonly r: 'x'
}

export interface FailRecord {
  readonly r: 'f'
  readonly id: string
  readonly k: RunKind
  readonly err: 'stage' | 'spawn' | 'full'
  readonly msg: string
}

export type JournalRecord = StartRecord | ExitRecord | FailRecord

export interface Journal {
  readonly records: readonly JournalRecord[]
  /** what follows was torn or is wrong, and counts as never written */
  readonly validBytes: number
}

export function journalPath(work: string, slot: number): string {
  return join(work, `slot${slot}.journal`)
}

/** Slots that ever had a keeper in this work folder. */
export function slotsWithJournal(work: string): number[] {
  return readdirSync(work).flatMap((name) => {
    const slot = /^slot(0|[1-9]\d*)\.journal$/.exec(name)?.[1]
    return slot === undefined ? [] : [Number(slot)]
  })
}

/** A journal that is not there is empty. */
export function readJournal(path: string): Journal {
  try {
    return parseJournal(readFileSync(path))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { records: [], validBytes: 0 }
    throw error
  }
}

/** Records of a kind that this build does not know are passed over. */
export function parseJournal(data: Buffer): Journal {
  const { values, validBytes } = checkedLines(data)
  const records = values.filter(({ r }) => r === 's' || r === 'x' || r === 'f') as unknown as JournalRecord[]
  return { records, validBytes }
}

/** The JSON objects of the lines up to the first that is torn or wrong. */
export function checkedLines(data: Buffer): { readonly values: readonly Record<string, unknown>[]; readonly validBytes: number } {
  const values: Record<string, unknown>[] = []
  let at = 0
  for (;;) {
    const end = data.indexOf(10, at)
    if (end < 0) break
    const value = parseLine(data.subarray(at, end))
    if (value === null) break
    values.push(value)
    at = end + 1
  }
  return { values, validBytes: at }
}

function parseLine(line: Buffer): Record<string, unknown> | null {
  if (line.length < 10 || line[8] !== 32) return null
  const body = line.subarray(9)
  if (line.toString('latin1', 0, 8) !== crc32(body).toString(16).padStart(8, '0')) return null
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
