// What the routes that keep a head in order answer, read to the end; for their tests.
import { Readable } from 'node:stream'
import { readTar } from '../../shared/files/tar-extract.ts'
import type { BackupSeal } from '../../shared/model/backup.ts'
import type { CollectLine } from '../../shared/model/collect.ts'
import type { Finding, VerifyLine } from '../../shared/model/verify.ts'
import type { Answer, TestHead } from './test-support.ts'
import { submit } from './test-support-drafts.ts'
import { attemptId, claim, commitSmall, firstJob } from './test-support-results.ts'

export const files = { 'stdout.txt': 'hello\n', 'out/data.csv': '1,2,3\n' }

export interface ReadBackup {
  readonly names: readonly string[]
  /** content by path */
  readonly files: ReadonlyMap<string, Buffer>
  readonly seal: BackupSeal
}

export async function readBackup(answer: Answer): Promise<ReadBackup> {
  const names: string[] = []
  const found = new Map<string, Buffer>()
  await readTar(Readable.from([answer.bytes]), async (entry, body) => {
    names.push(entry.path)
    if (entry.kind !== 'file') return
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(chunk)
    found.set(entry.path, Buffer.concat(chunks))
  })
  return { names, files: found, seal: JSON.parse(found.get('backup.json')?.toString() ?? 'null') as BackupSeal }
}

function linesOf<T>(answer: Answer): T[] {
  return answer.bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

/** Runs a gc to its end. */
export async function gc(head: TestHead, token: string, dry = false): Promise<Extract<CollectLine, { line: 'done' }>> {
  const answer = await head.call('POST', '/gc', { token, json: { dry } })
  const last = linesOf<CollectLine>(answer).at(-1)
  if (last?.line !== 'done') throw new Error(`gc: ${answer.bytes.toString()}`)
  return last
}

/** What verify finds. */
export async function findings(head: TestHead, token: string): Promise<Finding[]> {
  const all = linesOf<VerifyLine>(await head.call('GET', '/verify', { token }))
  if (all.at(-1)?.line !== 'done') throw new Error('verify broke off')
  return all.flatMap((line) => (line.line === 'finding' ? [{ kind: line.kind, path: line.path, detail: line.detail }] : []))
}

/** A jobset of one job whose result is committed. The n-th one: jobset n, attempt n. */
export async function finishedJobset(head: TestHead, token: string, n: number): Promise<void> {
  await submit(head, token, n, `sweep${n}`)
  await claim(head, firstJob(head, n), attemptId(n))
  await commitSmall(head, attemptId(n), files)
}

/** It ended so many days ago. */
export function endedDaysAgo(head: TestHead, jobset: number, days: number): void {
  const at = head.time - days * 24 * 3600_000
  head.store.db.prepare("UPDATE jobset SET state = 'succeeded', finished_at = ? WHERE id = ?").run(at, jobset)
}
