// The start of a keeper: proves its slot empty. Whatever the last one left running is killed and waited for, and said in the
// journal. Called by main.ts before `ready` is told; the one before may have been a keeper in Python.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '../../shared/base/errors.ts'
import type { ExitRecord, StartRecord } from '../journal/read.ts'
import { endAll } from './end-all.ts'
import type { SlotJournal } from './journal.ts'
import { Members } from './members.ts'
import { environmentOf, type ProcessFacts, readProcess, variable } from './processes.ts'
import { Strangers } from './strangers.ts'

type Lost = Pick<StartRecord, 'id' | 'k' | 'at'>

/** Writes an exit record with why `lost` for every attempt that a keeper before this one started and did not see end. */
export async function recover(journal: SlotJournal, work: string, marker: string, complain: (text: string) => void): Promise<void> {
  const started = new Map<string, StartRecord>()
  const over = new Set<string>()
  for (const record of journal.found) {
    if (record.r === 's') started.set(record.id, record)
    else {
      started.delete(record.id)
      over.add(record.id)
    }
  }
  const lost = new Map<string, Lost>(started)
  // Started, but its keeper died before it could write the record.
  const named = ({ pid }: ProcessFacts) => {
    const id = variable(environmentOf(pid) ?? Buffer.alloc(0), 'DIST_ATTEMPT')
    if (id !== null && !lost.has(id) && !over.has(id)) lost.set(id, { id, k: 'job', at: 0 })
  }
  const boot = bootId()
  for (const record of started.values()) {
    const facts = record.boot === boot ? readProcess(record.pid) : null
    // A process number is used again; the start time is not.
    const same = facts !== null && record.ticks[0] <= facts.started && facts.started <= record.ticks[1]
    if (same) await endAll(new Members(marker, record.pid, new Strangers()), complain, named)
  }
  await endAll(new Members(marker, 0, new Strangers()), complain, named)
  for (const attempt of lost.values()) {
    try {
      journal.append(lostRecord(attempt, existsSync(join(work, 'attempts', attempt.id))))
    } catch (error) {
      complain(`cannot write that ${attempt.id} is lost: ${errorMessage(error)}`)
    }
  }
}

/** '' where it is not known. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

function lostRecord({ id, k, at }: Lost, big: boolean): ExitRecord {
  const nothing = { wall: 0, ut: 0, stm: 0, rss: 0, out: '', outn: 0, files: [], dirs: [] }
  return { r: 'x', id, k, st: 9, why: 'lost', at, ...nothing, big }
}
