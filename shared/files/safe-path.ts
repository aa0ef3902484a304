// The one function that turns a peer's relative path into something we may write to. Head, agent and CLI
// use it for every path that comes from outside (security.md, Paths).

import { hasControl } from '../base/control.ts'
import { DistError } from '../base/errors.ts'

const maxPathBytes = 1024
const maxSegmentBytes = 255

/**
 * Segments of a safe relative path.
 * Refuses (`bad_path`) empty, absolute, `..`, `.`, empty segments, NUL and other control characters, backslash, over-long.
 */
export function safeSegments(path: string): string[] {
  const problem = pathProblem(path)
  if (problem !== null) throw new DistError('bad_path', `unsafe path ${JSON.stringify(path.slice(0, 200))}: ${problem}`)
  return path.split('/')
}

/** What is wrong with a relative path, or null. */
export function pathProblem(path: string): string | null {
  if (path === '') return 'it is empty'
  if (path.startsWith('/')) return 'it is absolute'
  if (Buffer.byteLength(path) > maxPathBytes) return `it is longer than ${maxPathBytes} bytes`
  for (const segment of path.split('/')) {
    const problem = segmentProblem(segment)
    if (problem !== null) return problem
  }
  return null
}

/** What is wrong with one file or folder name, or null. */
export function segmentProblem(segment: string): string | null {
  if (segment === '') return 'it has an empty part'
  if (segment === '.' || segment === '..') return `it has the part '${segment}'`
  if (segment.includes('\\')) return 'it has a backslash'
  if (hasControl(segment)) return 'it has a control character'
  if (Buffer.byteLength(segment) > maxSegmentBytes) return `a part is longer than ${maxSegmentBytes} bytes`
  return null
}

/**
 * True when a link at `path` (relative to a root) with this target stays inside the root. `..` is allowed only in front:
 * behind a name it would be resolved through whatever that name links to.
 */
export function linkStaysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return false
  let depth = path.split('/').length - 1
  let named = false
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') named = true
    else if (named || --depth < 0) return false
  }
  return true
}
