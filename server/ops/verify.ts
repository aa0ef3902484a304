// `dist verify` from the main thread: starts the thread, hands its lines on, ends it when nobody listens any more.
import { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import type { VerifyLine } from '../../shared/model/verify.ts'
import type { Gate } from './gate.ts'

/** Begins a verify; `ended` is called once, with an error when it did not come to its end. Returns how to break it off. */
export type StartVerify = (root: string, send: (line: VerifyLine) => void, ended: (error: Error | null) => void) => () => Promise<unknown>

/** NDJSON, one VerifyLine a line. `unavailable` while another one is going on. */
export function verifyStream(root: string, gate: Gate, start: StartVerify, signal: AbortSignal): Readable {
  const release = gate.enter('a verify')
  const ended = (error: Error | null): void => {
    release()
    if (stream.destroyed) return
    if (error === null) stream.push(null)
    else stream.destroy(error)
  }
  const stream = new Readable({
    read: () => undefined,
    destroy(error, done) {
      void stop().then(() => done(error))
    },
  })
  const stop = start(root, (line) => stream.push(`${JSON.stringify(line)}\n`), ended)
  // a stream that nobody reads ends with the call too
  signal.addEventListener('abort', () => stream.destroy(), { once: true })
  return stream
}

/** In a thread of its own. */
export const verifyInThread: StartVerify = (root, send, ended) => {
  const file = new URL(`./verify-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
  const worker = new Worker(file, { workerData: { root } })
  let problem: Error | null = null
  worker.on('message', send)
  worker.on('error', (error: unknown) => {
    problem = error instanceof Error ? error : new Error(String(error))
  })
  worker.on('exit', () => ended(problem))
  return () => worker.terminate()
}
