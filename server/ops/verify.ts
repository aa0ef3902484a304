// `dist verify` from the main thread: starts the thread, hands its lines on, ends it when nobody listens any more.
import { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import type { VerifyLine } from '../../shared/model/verify.ts'
import type { Gate } from './gate.ts'

/** NDJSON, one VerifyLine a line. `unavailable` while another one is going on. */
export function verifyStream(root: string, gate: Gate, signal: AbortSignal): Readable {
  const release = gate.enter('a verify')
  const file = new URL(`./verify-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
  const worker = new Worker(file, { workerData: { root } })
  const stream = new Readable({
    read: () => undefined,
    destroy(error, done) {
      void worker.terminate().then(() => {
        release()
        done(error)
      })
    },
  })
  worker.on('message', (line: VerifyLine) => {
    stream.push(`${JSON.stringify(line)}\n`)
    if (line.line === 'done') stream.push(null)
  })
  worker.on('error', (error) => stream.destroy(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', () => {
    if (!stream.readableEnded && !stream.destroyed) stream.push(null)
    release()
  })
  // a stream that nobody reads ends with the call too
  signal.addEventListener('abort', () => stream.destroy(), { once: true })
  return stream
}
