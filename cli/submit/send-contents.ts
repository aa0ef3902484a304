// Sends the contents that a draft's head lacks: small ones together in a tar, large ones each, from where they broke off.
import { createReadStream, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { HeadClient } from '../../shared/api/client.ts'
import type { MissingReply } from '../../shared/api/types.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { sha256, sha256File } from '../../shared/files/digest.ts'
import { packTar, type TarSource } from '../../shared/files/tar-pack.ts'
import type { Context } from '../context.ts'
import type { Content } from './hash-inputs.ts'

export interface Sending {
  readonly context: Context
  readonly head: HeadClient
  readonly draft: string
  readonly contents: ReadonlyMap<string, Content>
  /** told of bytes on their way; what is sent again counts again */
  readonly onBytes: (bytes: number) => void
  /** told once, before the first byte */
  readonly onPlan: (files: number, bytes: number) => void
}

type Missing = MissingReply['missing'][number]

/** Up to this size contents travel together. */
const smallLimit = 256 << 10
/** One tar is what a broken connection costs. */
const batchBytes = 16 << 20
const batchFiles = 4000
/** Rounds after which a head that still lacks the same contents is not believed. */
const mostRounds = 5

/** Contents sent, or to be sent, the first time it was asked. Throws `bad_jobset` when a file changed since it was hashed. */
export async function sendContents(sending: Sending): Promise<{ readonly files: number; readonly bytes: number }> {
  const { context, head, draft } = sending
  let plan: { files: number; bytes: number } | null = null
  for (let round = 0; round < mostRounds; round++) {
    const { missing } = await context.patiently('change', () => head.missingBlobs(draft, context.signal))
    if (plan === null) {
      plan = { files: missing.length, bytes: missing.reduce((sum, blob) => sum + blob.size - blob.have, 0) }
      sending.onPlan(plan.files, plan.bytes)
    }
    if (missing.length === 0) return plan
    for (const batch of batches(missing.filter((blob) => blob.size <= smallLimit))) await sendSmall(sending, batch)
    for (const blob of missing.filter((candidate) => candidate.size > smallLimit)) await sendLarge(sending, blob)
  }
  throw new DistError('unavailable', 'the head goes on asking for files that it was sent', { hint: 'look at the log of the head' })
}

function* batches(blobs: readonly Missing[]): Generator<readonly Missing[]> {
  let batch: Missing[] = []
  let bytes = 0
  for (const blob of blobs) {
    batch.push(blob)
    bytes += blob.size
    if (bytes < batchBytes && batch.length < batchFiles) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

async function sendSmall({ context, head, draft, contents, onBytes }: Sending, batch: readonly Missing[]): Promise<void> {
  function* entries(): Generator<TarSource> {
    for (const blob of batch) {
      const content = contentOf(contents, blob.sha256)
      const data = read(content)
      if (sha256(data) !== blob.sha256) throw changed(content.path)
      onBytes(data.length)
      yield { kind: 'file', path: blob.sha256, size: data.length, mode: 0o644, data }
    }
  }
  await context.patiently('change', () => head.putBlobs(draft, () => packTar(entries()), context.signal))
}

async function sendLarge(sending: Sending, blob: Missing): Promise<void> {
  const { context, head, draft } = sending
  const content = contentOf(sending.contents, blob.sha256)
  let have: number | 'whole' | null = blob.have
  try {
    await context.patiently('change', async () => {
      // null: the last try broke off somewhere; the head knows where
      const from = have ?? (await haveOf(sending, blob))
      have = null
      if (from === 'whole') return
      await head.putBlob(draft, blob.sha256, from, () => bytesOf(content, from, sending.onBytes), context.signal)
    })
  } catch (error) {
    if (!(error instanceof DistError) || (error.code !== 'hash_mismatch' && error.code !== 'bad_offset')) throw error
    // either the file is not what it was, or the head's part of it is bad: then the next round sends it again
    if ((await sha256File(content.path, context.signal)).sha256 !== blob.sha256) throw changed(content.path)
  }
}

async function haveOf({ context, head, draft }: Sending, blob: Missing): Promise<number | 'whole'> {
  const { missing } = await head.missingBlobs(draft, context.signal)
  return missing.find((candidate) => candidate.sha256 === blob.sha256)?.have ?? 'whole'
}

/** Exactly the bytes from `from` to the size that was hashed, whatever is appended meanwhile. */
function bytesOf(content: Content, from: number, onBytes: (bytes: number) => void): Readable {
  if (from >= content.size) return Readable.from([])
  async function* counted(): AsyncGenerator<Buffer> {
    const source = createReadStream(content.path, { start: from, end: content.size - 1, highWaterMark: 1 << 18 })
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        onBytes(chunk.length)
        yield chunk
      }
    } catch (error) {
      throw unreadable(content.path, error)
    }
  }
  return Readable.from(counted(), { objectMode: false })
}

function read(content: Content): Buffer {
  try {
    return readFileSync(content.path)
  } catch (error) {
    throw unreadable(content.path, error)
  }
}

/** The head may ask only for what the jobset names. */
function contentOf(contents: ReadonlyMap<string, Content>, hash: string): Content {
  const content = contents.get(hash)
  if (content !== undefined) return content
  throw new DistError('bug', `the head asks for a content that this jobset does not have: ${hash.slice(0, 64)}`)
}

function changed(path: string): DistError {
  const hint = 'nothing was submitted; wait until nothing writes to it any more, then add again'
  return new DistError('bad_jobset', `${path} changed while it was uploaded`, { hint })
}

function unreadable(path: string, error: unknown): DistError {
  return new DistError('bad_jobset', `cannot read ${path}: ${errorMessage(error)}`, {
    hint: 'nothing was submitted; add again',
    cause: error,
  })
}
