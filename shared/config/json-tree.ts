// The fast way for files that a program wrote: JSON is YAML, and JSON.parse reads ten thousand jobs in 20 ms
// (`yaml`: 700 ms). It knows no positions, so parse-jobset.ts reads the text again as YAML when there is a problem.
import type { Entry, Node } from './tree.ts'

/** Below these a number or boolean is one, and how it was spelled does not matter. */
const spelling: ReadonlySet<string> = new Set([
  'slurm',
  'sge',
  'params',
  'resources',
  'retries',
  'priority',
  'nice',
  'max_concurrent',
  'max_fails',
  'share',
  'submodules',
])

/**
 * The tree of a JSON text without positions. Null when the YAML way has to tell the story: no JSON, a key twice
 * (JSON.parse would take the last), or a number or boolean, whose spelling is lost, where a text could stand.
 */
export function jsonTree(text: string): Node | null {
  if (!/^\s*\{/.test(text.slice(0, 1000))) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  // 3 and 3.0 are not the same in a search
  if (typeof value === 'object' && value !== null && 'search' in value) return null
  const state = { keys: 0 }
  const tree = convert(value, false, state, 0)
  return tree !== null && state.keys === countKeys(text) ? tree : null
}

function convert(value: unknown, numbers: boolean, state: { keys: number }, depth: number): Node | null {
  if (value === null) return { kind: 'null', text: 'null', at: -1 }
  if (typeof value === 'string') return { kind: 'text', text: value, plain: false, at: -1 }
  if (typeof value === 'number' && !Number.isFinite(value)) return null
  if (typeof value === 'number' || typeof value === 'boolean') {
    return numbers ? { kind: 'text', text: String(value), plain: true, at: -1 } : null
  }
  if (depth > 20 || typeof value !== 'object') return null
  if (Array.isArray(value)) {
    const items: Node[] = []
    for (const item of value as unknown[]) {
      const node = convert(item, numbers, state, depth + 1)
      if (node === null) return null
      items.push(node)
    }
    return { kind: 'list', items, at: -1 }
  }
  const entries: Entry[] = []
  for (const [key, item] of Object.entries(value)) {
    state.keys++
    const node = convert(item, numbers || spelling.has(key), state, depth + 1)
    if (node === null) return null
    entries.push({ key, keyAt: -1, value: node })
  }
  return { kind: 'map', entries, at: -1 }
}

/** Keys as they stand in a text that is known to be JSON: strings before a colon. */
function countKeys(text: string): number {
  let count = 0
  for (const match of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g)) if (match[1] !== undefined) count++
  return count
}
