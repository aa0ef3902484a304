// Reads values with their type as a job must see it: 3 is whole, 3.0 and 1e3 are not, "3" is text.
import { float, int, text, type Value } from '../../model/value.ts'
import type { Path } from '../problem.ts'
import { plainValue } from '../read-params.ts'
import type { Reading } from '../reading.ts'
import type { Node } from '../tree.ts'

/** Undefined for what JSON does not have (reported). */
export function readTyped(reading: Reading, node: Node, path: Path): Value | undefined {
  if (!reading.spend(1, node, path)) return undefined
  switch (node.kind) {
    case 'null':
      return { kind: 'null' }
    case 'list':
      return { kind: 'list', items: readItems(reading, node.items, path) }
    case 'map': {
      const entries = node.entries.flatMap(({ key, value }) => {
        const read = readTyped(reading, value, { up: path, part: key })
        return read === undefined ? [] : [[key, read] as const]
      })
      return { kind: 'map', entries }
    }
    case 'text':
      return node.plain ? readWord(reading, node, path) : text(node.text)
  }
}

export function readItems(reading: Reading, items: readonly Node[], path: Path): readonly Value[] {
  return items.flatMap((item, index) => readTyped(reading, item, { up: path, part: index }) ?? [])
}

function readWord(reading: Reading, node: Node & { kind: 'text' }, path: Path): Value | undefined {
  const value = plainValue(reading, node, path)
  if (typeof value === 'number') return isFloat(node.text) ? float(value) : int(value)
  if (typeof value === 'boolean') return { kind: 'bool', value }
  return typeof value === 'string' ? text(value) : undefined
}

function isFloat(written: string): boolean {
  return !/^0[xo]/.test(written) && /[.eE]/.test(written)
}
