// `dist gc` as lines: it may take long where retention removes much, and a silent connection would be cut.
import { Readable } from 'node:stream'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import type { RetentionRule } from '../../shared/config/head-settings.ts'
import type { CollectedKind, CollectLine } from '../../shared/model/collect.ts'
import { type CollectDependencies, collect } from './collect.ts'
import type { Gate } from './gate.ts'

const everyMs = 10_000

/** NDJSON, one CollectLine a line. `unavailable` while a backup or another gc is going on. */
export function collectStream(
  deps: CollectDependencies,
  gate: Gate,
  options: { readonly rule: RetentionRule | null; readonly dry: boolean; readonly now: number; readonly signal: AbortSignal },
): Readable {
  const release = gate.enter('a gc')
  let kind: CollectedKind = 'results'
  const stream = new Readable({ read: () => undefined })
  const send = (line: CollectLine): void => void stream.push(`${JSON.stringify(line)}\n`)
  const timer = setInterval(() => send({ line: 'progress', doing: kind }), everyMs)
  const work = async (): Promise<void> => {
    try {
      const sums = await collect(deps, options, (doing) => {
        kind = doing
        send({ line: 'progress', doing })
      })
      const { results, drafts, inputs, uploads, packs, output } = sums
      send({
        line: 'done',
        dry: options.dry,
        results: results.facts(),
        drafts: drafts.facts(),
        inputs: inputs.facts(),
        uploads: uploads.facts(),
        packs: packs.facts(),
        output: output.facts(),
      })
    } catch (error) {
      send({ line: 'failed', code: error instanceof DistError ? error.code : 'bug', message: errorMessage(error) })
    } finally {
      clearInterval(timer)
      release()
      if (!stream.destroyed) stream.push(null)
    }
  }
  void work()
  return stream
}
