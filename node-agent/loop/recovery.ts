// What a keeper and its journal say it holds, for the core: after a start, and whenever the keeper is a new one.
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import type { EndedAttempt, HeldAttempt, Inventory } from '../core/event.ts'
import { commonPlace, uidOf } from '../core/place.ts'
import type { JournalRecord, StartRecord } from '../journal/read.ts'
import type { InventoryReport } from '../launcher/messages.ts'
import type { WorkspaceRecord } from '../stage/workspace.ts'
import { exitOf, failureText } from './from-keeper.ts'

/**
 * `records`: the slot's journal, read after the report was there. Attempts that were forgotten are left out.
 * The place of a build is known from its workspace's record, the jobset of a started job from the journal.
 */
export function inventoryOf(report: InventoryReport, records: readonly JournalRecord[], workspaces: readonly WorkspaceRecord[]): Inventory {
  const builds = new Map(workspaces.map((record) => [record.build as string, record.place]))
  const starts = new Map<string, StartRecord>()
  const kept = new Set(report.journal)
  const ended = new Map<string, EndedAttempt>()
  const held = (id: string): HeldAttempt => {
    const start = starts.get(id)
    const place = builds.get(id) ?? commonPlace((start?.t ?? '') as JobsetUid)
    return { id: id as AttemptId, uid: uidOf(place), place, build: builds.has(id) || start?.k === 'build' }
  }
  for (const record of records) {
    switch (record.r) {
      case 's':
        starts.set(record.id, record)
        break
      case 'x':
        if (kept.has(record.id))
          ended.set(record.id, { ...held(record.id), startedAt: record.at, end: { kind: 'exit', exit: exitOf(record) } })
        break
      case 'f':
        if (kept.has(record.id))
          ended.set(record.id, {
            ...held(record.id),
            startedAt: 0,
            end: { kind: 'failure', reason: failureText(record), again: record.err === 'full' },
          })
    }
  }
  // it may have ended between the report and our reading of the journal
  const running = report.run === null || ended.has(report.run) ? null : { ...held(report.run), at: report.at, moved: report.big }
  return { running, queue: report.queue.filter((id) => !ended.has(id)).map(held), ended: [...ended.values()] }
}
