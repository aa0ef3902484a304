// At the agent's start, once the keeper told what it holds: removes what an agent that was killed left half-way.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { State } from '../core/state.ts'
import type { Trash } from '../stage/trash.ts'
import type { Workspaces } from '../stage/workspace.ts'

/** Folders of attempts that nobody knows, and workspaces whose build never ended and runs no more. */
export function sweep(state: State, attempts: string, workspaces: Workspaces, trash: Trash): void {
  const known = new Set<string>(state.attempts.keys())
  for (const name of readdirSync(attempts)) if (!known.has(name)) trash.discard(join(attempts, name))
  for (const record of workspaces.records()) if (record.state === 'building' && !known.has(record.build)) workspaces.remove(record.uid)
  const recorded = new Set<string>(workspaces.records().map((record) => record.uid))
  for (const uid of workspaces.folders()) if (!recorded.has(uid)) workspaces.remove(uid)
}
