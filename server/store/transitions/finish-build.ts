// building -> succeeded | failed: a build ended on a node. Its output is kept whatever the outcome:
// `<batch>_build_output-<node>.txt`, and what it left in distribute_save in `.builds/<node>/` (node.md 2). One that was given
// up (dropped) may still tell its end, once: told again after `dist retry` it must not count as failed again.
// A later build of the same place has the same files, so an older one's are given up with its end; one that found everything
// built and printed nothing leaves them.
import type { JobsetId, NodeId } from '../../../shared/model/ids.ts'
import type { Manifest } from '../../../shared/model/manifest.ts'
import type { Outcome } from '../../../shared/model/outcome.ts'
import type { FinishItem } from '../../ports/finish-item.ts'
import { manifestOf } from '../inline-manifest.ts'
import type { PlacementOrder } from '../placement.ts'
import { buildFolder, buildOutputFile } from '../result-folder.ts'
import { transition, type WriterContext } from '../transition.ts'
import { manifestBytes, namespaceBytes } from './namespace-bytes.ts'
import { locationText } from './result-place.ts'

export interface FinishBuildReply {
  readonly build: string
  readonly jobset: JobsetId | null
  readonly node: NodeId
  readonly outcome: Outcome
  /** 0, or the slot for which alone it was built */
  readonly place: number
  /** false: told before, or not a build of this node */
  readonly fresh: boolean
}

interface Row {
  readonly jobset: number
  readonly place: number
  readonly namespace: string
  readonly batch: string
  readonly node_name: string
}

export const finishBuild = transition<{ readonly items: readonly FinishItem[] }, FinishBuildReply[]>((db) => {
  const find = db.prepare<[string, string], Row>(
    `SELECT b.jobset, b.place, s.namespace, s.batch, n.name AS node_name FROM build b JOIN jobset s ON s.id = b.jobset JOIN node n ON n.id = b.node
     WHERE b.id = ? AND b.node = ? AND (b.state IN ('ordered', 'building') OR (b.state = 'dropped' AND b.manifest IS NULL))`,
  )
  const close = db.prepare(
    'UPDATE build SET state = ?, started_at = coalesce(started_at, ?), finished_at = ?, outcome = ?, usage = ?, notices = ?, manifest = ?, location = ? WHERE id = ?',
  )
  const older = db.prepare<[number, string, number, string], { manifest: string }>(
    'SELECT manifest FROM build WHERE jobset = ? AND node = ? AND place = ? AND id <> ? AND location IS NOT NULL',
  )
  const giveUp = db.prepare(
    'UPDATE build SET location = NULL WHERE jobset = ? AND node = ? AND place = ? AND id <> ? AND location IS NOT NULL',
  )
  const keepBytes = namespaceBytes(db)
  return ({ items }, context) =>
    items.map((item) => {
      const base = { build: item.id, node: item.node as NodeId, outcome: item.outcome }
      const row = find.get(item.id, item.node)
      if (row === undefined) return { ...base, jobset: null, place: 0, fresh: false }
      const state = item.outcome.kind === 'succeeded' ? 'succeeded' : item.outcome.kind === 'failed' ? 'failed' : 'dropped'
      const manifest = manifestOf(item.result)
      const before = [row.jobset, item.node, row.place, item.id] as const
      const kept = older.all(...before)
      const location = kept.length > 0 && isSilent(item) ? null : locationText(item, context)
      if (location !== null) {
        for (const { manifest: text } of kept) keepBytes(row.namespace, -manifestBytes(JSON.parse(text) as Manifest))
        giveUp.run(...before)
        keepBytes(row.namespace, manifestBytes(manifest))
      }
      close.run(
        state,
        item.startedAt,
        context.now,
        JSON.stringify(item.outcome),
        JSON.stringify(item.usage),
        JSON.stringify(item.notices),
        JSON.stringify(manifest),
        location,
        item.id,
      )
      if (state !== 'dropped') {
        context.event(
          state === 'succeeded' ? 'build_succeeded' : 'build_failed',
          { jobset: row.jobset, node: item.node },
          { build: item.id, outcome: item.outcome },
        )
      }
      const order = location === null ? null : buildOrder(item, row, context)
      if (order !== null) context.place(order)
      return { ...base, jobset: row.jobset as JobsetId, place: row.place, fresh: true }
    })
})

/** Succeeded and left nothing, not even output. */
function isSilent({ outcome, result }: FinishItem): boolean {
  const empty = result.kind === 'inline' && result.folders.length === 0 && result.files.every(({ data }) => data.byteLength === 0)
  return outcome.kind === 'succeeded' && empty
}

/** The node's name; with the slot where every slot builds for itself: `lab3`, `lab3.1`, … */
export function buildNode({ node_name, place }: { readonly node_name: string; readonly place: number }): string {
  return place === 0 ? node_name : `${node_name}.${place}`
}

function buildOrder(item: FinishItem, row: Row, context: WriterContext): PlacementOrder | null {
  const node = buildNode(row)
  const folder = buildFolder(row, node)
  const output = buildOutputFile(row, node)
  if (item.result.kind === 'incoming') return { kind: 'move', table: 'build', id: item.id, folder, outside: [['stdout.txt', output]] }
  const location = context.locationOf(item)
  if (item.result.kind !== 'inline' || location === null) return null
  const inside = item.result.files.filter((file) => file.path !== 'stdout.txt')
  const outside = item.result.files.filter((file) => file.path === 'stdout.txt').map((file) => ({ ...file, path: output }))
  return { kind: 'files', pack: location.pack, table: 'build', id: item.id, folder, files: inside, folders: item.result.folders, outside }
}
