// At the agent's start, once the keeper told what it holds: removes what an agent that was killed left half-way.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { neededJobsets } from '../core/needed.ts'
import { uidOf } from '../core/place.ts'
import type { State } from '../core/state.ts'
import type { Trash } from '../stage/trash.ts'
import type { Workspaces } from '../stage/workspace.ts'

/**
 * Folders of attempts that nobody knows, workspaces whose build never ended and runs no more, views of none, and views from
 * before the machine's last boot (wall ms): nobody synced them.
 */
export function sweep(state: State, attempts: string, workspaces: Workspaces, trash: Trash, bootedAt: number): void {
  const known = new Set<string>(state.attempts.keys())
  for (const name of readdirSync(attempts)) if (!known.has(name)) trash.discard(join(attempts, name))
  for (const record of workspaces.records()) if (record.state === 'building' && !known.has(record.build)) workspaces.remove(record.place)
  const recorded = new Set(workspaces.records().map((record) => record.place))
  for (const place of workspaces.folders()) if (!recorded.has(place)) workspaces.remove(place)
  const uids = new Set([...recorded].map(uidOf))
  const needed = neededJobsets(state)
  for (const { uid, path, since } of workspaces.views()) if (!uids.has(uid) || (since < bootedAt && !needed.has(uid))) trash.discard(path)
}
