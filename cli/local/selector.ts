// How people name jobsets and jobs: `batch`, `namespace/batch`, `batch/job`, `namespace/batch/job`, `last`, `last/job`; a
// part may be a pattern (wildcard.ts). Pure.
import { DistError } from '../../shared/base/errors.ts'

/** A pair is `namespace/batch` or `batch/job`; only the head can tell. `last` = the jobset submitted last. */
export type Selector =
  | { readonly kind: 'batch'; readonly batch: string }
  | { readonly kind: 'pair'; readonly first: string; readonly second: string }
  | { readonly kind: 'triple'; readonly namespace: string; readonly batch: string; readonly job: string }
  | { readonly kind: 'last'; readonly job: string | null }

/** Throws `usage` for what can name nothing. */
export function parseSelector(text: string): Selector {
  const parts = text.replace(/\/$/, '').split('/')
  const [first, second, third] = parts
  if (parts.some((part) => part === '' || part === '.' || part === '..') || parts.length > 3 || first === undefined) {
    throw new DistError('usage', `${JSON.stringify(text)} names no jobset and no job`, {
      hint: 'write NAMESPACE/BATCH, NAMESPACE/BATCH/JOB, a batch name that is used once, or last; `dist status` lists them',
    })
  }
  if (first === 'last' && third === undefined) return { kind: 'last', job: second ?? null }
  if (second === undefined) return { kind: 'batch', batch: first }
  if (third === undefined) return { kind: 'pair', first, second }
  return { kind: 'triple', namespace: first, batch: second, job: third }
}
