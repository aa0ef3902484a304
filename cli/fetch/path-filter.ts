// `--include` and `--exclude` of `dist pull`: which paths below the batch are wanted.
import { DistError } from '../../shared/base/errors.ts'
import { compilePattern } from '../../shared/text/pattern.ts'

export type PathFilter = (path: string) => boolean

/** A path passes when it matches one of `include` (or there is none) and none of `exclude`. Throws `usage`. */
export function makePathFilter(include: readonly string[], exclude: readonly string[]): PathFilter {
  const wanted = include.map(compilePattern)
  const unwanted = exclude.map(compilePattern)
  return (path) => (wanted.length === 0 || wanted.some((pattern) => pattern.test(path))) && !unwanted.some((pattern) => pattern.test(path))
}

/**
 * The original's words: `pull jobs.yaml include --include RE`, also without a file. Returns the file, if there is one.
 * Throws `usage` when the words and the options contradict each other.
 */
export function readWords(
  jobset: string | undefined,
  words: readonly string[],
  include: readonly string[],
  exclude: readonly string[],
): string | undefined {
  const isWord = jobset === 'include' || jobset === 'exclude'
  const all = isWord ? [jobset, ...words] : words
  const [word, extra] = all
  if (extra !== undefined || (word !== undefined && word !== 'include' && word !== 'exclude')) {
    throw new DistError('usage', `${JSON.stringify(extra ?? word)} is one word too many`, { hint: 'see: dist pull --help' })
  }
  if (word === 'include' && exclude.length > 0)
    throw new DistError('usage', '`include` goes with --include', { hint: 'leave the word out to use both' })
  if (word === 'exclude' && include.length > 0)
    throw new DistError('usage', '`exclude` goes with --exclude', { hint: 'leave the word out to use both' })
  return isWord ? undefined : jobset
}
