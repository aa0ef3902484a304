// What the head's writer spends on a short job: groups of claims and finishes as two slots of one node make them, in one
// process, without the placer. CPU ms a job (user and system), and how many pages each job adds to the log.
//   npx tsx bench/writer.ts [--jobs 6000] [--group 32]
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { FinishItem } from '../server/ports/finish-item.ts'
import { newAttemptId } from '../server/security/attempt-id.ts'
import { addJobset, finished, oneCore, openScene } from '../server/store/test-scene.ts'
import type { AttemptId, NodeId } from '../shared/model/ids.ts'

const { values } = parseArgs({ options: { jobs: { type: 'string' }, group: { type: 'string' }, random: { type: 'boolean' } } })
const jobs = Number(values.jobs ?? 6000)
const group = Number(values.group ?? 32)
const newId = values.random === true ? (): AttemptId => randomBytes(16).toString('hex') as AttemptId : newAttemptId

/** header of a frame and its page */
const frame = 24 + 4096

const scene = openScene()
try {
  scene.db.pragma('wal_autocheckpoint = 0')
  const ids = addJobset(scene, jobs)
  scene.db.pragma('wal_checkpoint(TRUNCATE)')
  const before = process.cpuUsage()
  // As in two slots with work ahead: what ends was given two groups before.
  const held: AttemptId[] = []
  let placed: string[] = []
  for (let at = 0; at < ids.length + 2 * group; at += group) {
    const items = ids.slice(at, at + group).map((job) => ({ attempt: newId(), job, node: 'a' as NodeId, grant: oneCore }))
    const ending = at >= 2 * group ? held.splice(0, group) : []
    scene.writer.run([
      ...(ending.length > 0 ? [{ id: 1, name: 'finish', input: { items: ending.map(emptyJob) } }] : []),
      ...(items.length > 0 ? [{ id: 2, name: 'claim', input: { items } }] : []),
    ])
    held.push(...items.map(({ attempt }) => attempt))
    placed.push(...ending)
    if (placed.length >= 2000 || held.length === 0) {
      scene.run('placed', { items: placed.map((id) => ({ table: 'attempt' as const, id })) })
      placed = []
    }
    scene.notices.length = 0
    scene.waiting.length = 0
  }
  const { user, system } = process.cpuUsage(before)
  const pages = pagesByTable()
  const ms = (us: number): number => Number((us / 1000 / jobs).toFixed(4))
  console.log(JSON.stringify({ bench: 'writer', jobs, group, userMs: ms(user), systemMs: ms(system), pagesPerJob: pages }))
} finally {
  scene.remove()
}

function emptyJob(id: AttemptId): FinishItem {
  const file = { path: 'stdout.txt', mode: 0o644, data: Buffer.alloc(0) }
  return finished(id, 'a', { result: { kind: 'inline', files: [file], folders: [] } })
}

/** Pages that were written to the log, by the table or index that they are of. */
function pagesByTable(): Record<string, number> {
  const owners = new Map(
    (scene.db.prepare('SELECT pageno, name FROM dbstat').all() as { pageno: number; name: string }[]).map((row) => [row.pageno, row.name]),
  )
  const log = readFileSync(join(scene.folder, 'dist.sqlite-wal'))
  const counts: Record<string, number> = { all: 0 }
  for (let at = 32; at + frame <= log.length; at += frame) {
    const owner = owners.get(log.readUInt32BE(at)) ?? 'other'
    counts[owner] = (counts[owner] ?? 0) + 1
    counts['all'] = (counts['all'] ?? 0) + 1
  }
  return Object.fromEntries(
    Object.entries(counts).flatMap(([name, count]) => (count / jobs > 0.02 ? [[name, Number((count / jobs).toFixed(2))]] : [])),
  )
}
