// Reports of a keeper and records of its journal -> the core's terms.
import type { AttemptId } from '../../shared/model/ids.ts'
import type { Event } from '../core/event.ts'
import type { Exit } from '../core/work.ts'
import type { ExitFacts, FailReport, KeeperReport } from '../launcher/messages.ts'

/** Events of one report; an inventory is no event by itself (recovery.ts). */
export function keeperEvents(report: KeeperReport): Event[] {
  switch (report.e) {
    case 'start':
      return [{ kind: 'started', id: report.id as AttemptId, at: report.at }]
    case 'exit':
      return [{ kind: 'exited', id: report.id as AttemptId, exit: exitOf(report), startedAt: report.at }]
    case 'fail':
      return [{ kind: 'unstartable', id: report.id as AttemptId, reason: failureText(report), again: report.err === 'full' }]
    case 'dropped':
      return report.ids.map((id) => ({ kind: 'dropped', id: id as AttemptId }))
    case 'moved':
      return [{ kind: 'moved', id: report.id as AttemptId }]
    case 'inv':
      return []
  }
  // a newer launcher's keeper may say more than we know
  return []
}

/** Microseconds and KiB become seconds and bytes, base64 becomes bytes. */
export function exitOf(facts: ExitFacts): Exit {
  return {
    status: facts.st,
    why: facts.why,
    outOfMemory: facts.oom === true,
    usage: {
      wallSeconds: facts.wall / 1e6,
      userSeconds: facts.ut / 1e6,
      systemSeconds: facts.stm / 1e6,
      peakMemory: facts.peak ?? facts.rss * 1024,
      memorySource: facts.src ?? 'rusage',
    },
    output: facts.out === null ? null : Buffer.from(facts.out, 'base64'),
    files: facts.files === null ? null : facts.files.map(([path, mode, data]) => ({ path, mode, data: Buffer.from(data, 'base64') })),
    folders: facts.dirs,
    notices: facts.note === undefined ? [] : [facts.note],
  }
}

export function failureText(report: Pick<FailReport, 'err' | 'msg'>): string {
  return report.err === 'spawn' ? `it could not be started: ${report.msg}` : `its files could not be put in place: ${report.msg}`
}
