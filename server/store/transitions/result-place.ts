// Location text and placement order of a finished item; shared by the finish of attempts and of builds.
import type { FinishItem } from '../../ports/finish-item.ts'
import type { PlacementOrder } from '../placement.ts'
import type { WriterContext } from '../transition.ts'

/** `pack:<pack>:<offset>`, `incoming`, or null when nothing came. */
export function locationText(item: FinishItem, context: WriterContext): string | null {
  if (item.result.kind === 'incoming') return 'incoming'
  const location = context.locationOf(item)
  return location === null ? null : `pack:${location.pack}:${location.offset}`
}

/** Order that brings an attempt's files into `folder` (relative to results/); null when nothing came. */
export function attemptOrder(item: FinishItem, folder: string, context: WriterContext): PlacementOrder | null {
  if (item.result.kind === 'incoming') return { kind: 'move', table: 'attempt', id: item.id, folder, outside: [] }
  const location = context.locationOf(item)
  if (item.result.kind !== 'inline' || location === null) return null
  return {
    kind: 'files',
    pack: location.pack,
    table: 'attempt',
    id: item.id,
    folder,
    files: item.result.files,
    folders: item.result.folders,
    outside: [],
  }
}
