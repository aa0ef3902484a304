// Fetches one large file, going on where the last try (or the last `dist pull`) broke off.
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { isTrouble } from '../local/patience.ts'
import type { WantedFile } from './checked-manifest.ts'
import { type Fetching, otherBytes, request } from './fetch-small.ts'
import { GrowingFile } from './growing-file.ts'

/** Adds the file to what is staged when it is whole and its hash is right; else tells `onBad`. */
export async function fetchLarge(fetching: Fetching, file: WantedFile): Promise<void> {
  const { work, staging, onBytes } = fetching
  // a part of an earlier pull may be bad: then once more from the start
  for (const fresh of [false, true]) {
    if (fresh) work.drop(file)
    const part = new GrowingFile(work.openPart(file), file.path)
    let resumed = false
    try {
      await part.resume(file.size, fetching.context.signal)
      resumed = part.have > 0
      onBytes(part.have)
      await complete(fetching, file, part)
    } finally {
      await part.close()
    }
    if (part.digest() === file.sha256) {
      staging.add(file)
      return
    }
    onBytes(-file.size)
    if (!resumed) break
  }
  fetching.onBad(file, otherBytes)
}

async function complete(fetching: Fetching, file: WantedFile, part: GrowingFile): Promise<void> {
  const { context, stakes, tell } = fetching
  while (part.have < file.size) {
    // patience counts from the last progress: a bad line may take many tries for a large file
    await context.patiently(
      stakes,
      async () => {
        const before = part.have
        try {
          await more(fetching, file, part)
        } catch (error) {
          if (part.have === before || !isTrouble(error)) throw error
        }
      },
      tell,
    )
  }
}

async function more({ context, head, onBytes }: Fetching, file: WantedFile, part: GrowingFile): Promise<void> {
  const reply = await head.file(request(file), part.have, context.signal)
  try {
    for await (const chunk of reply.body as AsyncIterable<Buffer>) {
      if (part.have + chunk.length > file.size) {
        throw new DistError('too_large', `the head sends more of ${file.path} than its ${file.size} bytes`, {
          hint: 'do not trust this head before its administrator has looked',
        })
      }
      onBytes(chunk.length)
      if (part.add(chunk)) await part.write()
    }
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof DistError) throw error
    throw new DistError('unreachable', `the connection broke: ${errorMessage(error)}`, {
      hint: 'pull again: it goes on from there',
      cause: error,
    })
  } finally {
    reply.body.destroy()
    // also what came before the line broke
    await part.drain()
  }
  if (part.have < file.size)
    throw new DistError('unreachable', `the head sent only a part of ${file.path}`, { hint: 'pull again: it goes on from there' })
}
