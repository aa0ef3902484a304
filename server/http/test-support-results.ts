// Results in every place they can be, made with the store's own transitions and placer. For tests of the routes.
import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { AttemptId, JobId, NodeId } from '../../shared/model/ids.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import type { FinishedResult } from '../ports/finish-item.ts'
import { Placer } from '../store/placer.ts'
import { oneCore } from '../store/test-scene.ts'
import type { PlacedItem } from '../store/transitions/placed.ts'
import type { TestHead } from './test-support.ts'

export const node = 'node1' as NodeId

export function attemptId(n: number): AttemptId {
  return (0xa000 + n).toString(16).padStart(32, '0') as AttemptId
}

/** Id of a jobset's first job. */
export function firstJob(head: TestHead, jobset: number): number {
  return head.store.db.prepare('SELECT first_job FROM jobset WHERE id = ?').pluck().get(jobset) as number
}

/** ready -> claimed, by `node`. */
export async function claim(head: TestHead, job: number, attempt: AttemptId): Promise<void> {
  await head.store.run('claim', { items: [{ attempt, job: job as JobId, node, grant: oneCore }] })
}

async function finish(head: TestHead, attempt: AttemptId, result: FinishedResult): Promise<void> {
  const usage = null
  const outcome = { kind: 'succeeded' } as const
  await head.store.run('finish', {
    items: [{ id: attempt, node, started: true, startedAt: 1, outcome, usage, notices: [], trial: null, result }],
  })
}

/** claimed -> committed, bytes in a pack. */
export async function commitSmall(head: TestHead, attempt: AttemptId, files: Readonly<Record<string, string>>): Promise<void> {
  const list = Object.entries(files).map(([path, text]) => ({ path, mode: 0o644, data: Buffer.from(text) }))
  await finish(head, attempt, { kind: 'inline', files: list, folders: ['empty'] })
}

/** claimed -> committed, bytes in .incoming (uploaded before). */
export async function commitLarge(head: TestHead, attempt: AttemptId): Promise<Manifest> {
  const manifest = await head.incoming.complete(attempt)
  await finish(head, attempt, { kind: 'incoming', manifest })
  return manifest
}

/** Brings everything that was committed into its folder, as the placer thread does. */
export async function placeAll(head: TestHead): Promise<void> {
  const done: { items: readonly PlacedItem[]; pack: number | null }[] = []
  const placer = new Placer(join(head.folder, 'results'), (notice) => {
    if (notice.kind === 'placed') done.push(notice)
  })
  placer.run({ kind: 'place', orders: head.store.placements })
  const packs = new Set(head.store.placements.flatMap((order) => (order.kind === 'files' ? [order.pack] : [])))
  for (const pack of packs) placer.run({ kind: 'seal', pack })
  for (const { items, pack } of done) {
    await head.store.run('placed', { items })
    if (pack !== null) unlinkSync(join(head.folder, 'packs', `${pack}.tar`))
  }
}
