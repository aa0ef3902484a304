// What every reader of a file part needs: take a node as mapping, list or text, or say what is wrong with it.
import { nearest } from '../text/near.ts'
import type { Key, MapSchema } from './key.ts'
import { homeHint, misplacedHint } from './misplaced.ts'
import type { Path, Problems } from './problem.ts'
import { type SchemaName, schemas } from './schema.ts'
import { describeNode, type Entry, type Node } from './tree.ts'

/** Values visited before a file counts as hostile: aliases can make a small text large. */
const maxVisits = 5_000_000
/** One mistake is told at this many places before the rest is only counted. */
export const samePlaces = 10

export class Reading {
  readonly problems: Problems
  readonly #notYet: ReadonlySet<string>
  #visits = 0

  /** `notYet`: known keys that are refused (not-yet.ts) */
  constructor(problems: Problems, notYet: ReadonlySet<string>) {
    this.problems = problems
    this.#notYet = notYet
  }

  /** The entries of a mapping with the keys of a schema; null when it is no mapping. Reports unknown and missing keys. */
  map(node: Node, path: Path | null, name: SchemaName): ReadonlyMap<string, Entry> | null {
    return this.keys(node, path, schemas[name], name)
  }

  keys(node: Node, path: Path | null, schema: MapSchema, name: SchemaName | 'settings'): ReadonlyMap<string, Entry> | null {
    if (!this.spend(1, node, path)) return null
    if (node.kind !== 'map') {
      this.wrong(node, path, 'a mapping', `write ${Object.keys(schema)[0]}: … below it, indented`)
      return null
    }
    const entries = new Map<string, Entry>()
    const meant = new Set<string | null>()
    for (const entry of node.entries) {
      const key = Object.hasOwn(schema, entry.key) ? schema[entry.key] : undefined
      const here = { up: path, part: entry.key }
      if (key === undefined) meant.add(this.#unknown(entry, here, schema, name))
      else if (!this.#isLater(entry.key, schema, name)) entries.set(entry.key, entry)
      else if (entry.value.kind !== 'null') this.#later(entry, here, key)
    }
    for (const word in schema) {
      if (schema[word]?.required !== true || entries.has(word) || meant.has(word)) continue
      const hint = `${word}: ${schema[word].what}`
      this.problems.folded('error', `missing ${name} ${word}`, samePlaces, node.at, path, `the key '${word}' is missing`, hint)
    }
    return entries
  }

  /** The items of a list; nothing for null and absent, null when it is something else. */
  list(entry: Entry | undefined, path: Path, example: string): readonly Node[] | null {
    if (entry === undefined || entry.value.kind === 'null') return []
    if (!this.spend(1, entry.value, path)) return null
    if (entry.value.kind === 'list') return entry.value.items
    this.wrong(entry.value, path, 'a list', `write ${example}`)
    return null
  }

  /** Text as written; null when it is none. The words null, true and 1.50 are text where text is wanted. */
  text(node: Node, path: Path, what: string): string | null {
    if (!this.spend(1, node, path)) return null
    if (node.kind === 'text') return node.text
    if (node.kind === 'null' && /^null$/i.test(node.text)) return node.text
    this.wrong(node, path, what)
    return null
  }

  /** The same where null and absent mean "none". */
  optionalText(entry: Entry | undefined, path: Path, what: string): string | null {
    return entry === undefined || entry.value.kind === 'null' ? null : this.text(entry.value, path, what)
  }

  wrong(node: Node, path: Path | null, expected: string, hint?: string): void {
    this.problems.error(node.at, path, `expected ${expected}, found ${describeNode(node)}`, hint)
  }

  /** Counts what is read, also again through an alias; false when it has become too much. */
  spend(visits: number, node: Node, path: Path | null): boolean {
    this.#visits += visits
    if (this.#visits <= maxVisits) return true
    this.problems.folded('error', 'visits', 1, node.at, path, `the file stands for more than ${maxVisits} values`, 'split the jobset')
    return false
  }

  #isLater(key: string, schema: MapSchema, name: SchemaName | 'settings'): boolean {
    return schema[key]?.type === 'later' || (name !== 'settings' && name !== 'slurm' && this.#notYet.has(key))
  }

  #later(entry: Entry, path: Path, key: Key): void {
    const message = `'${entry.key}' is known, but this version cannot do it yet`
    const hint = key.type === 'kind' ? 'write a python jobset for now' : 'remove it'
    this.problems.folded('error', `later ${entry.key}`, 1, entry.keyAt, path, message, hint)
  }

  /** Reports it and returns the key that is probably meant, or null. */
  #unknown(entry: Entry, path: Path, schema: MapSchema, name: SchemaName | 'settings'): string | null {
    const elsewhere = name === 'settings' ? null : misplacedHint(entry.key, name)
    const near = elsewhere === null ? nearest(entry.key, Object.keys(schema)) : null
    const known = Object.keys(schema).filter((key) => schema[key]?.type !== 'unneeded' && !this.#isLater(key, schema, name))
    const home = name === 'settings' ? null : homeHint(entry.key, name)
    const hint = elsewhere ?? (near === null ? (home ?? `known here: ${known.join(', ')}`) : `did you mean '${near}'?`)
    const ignored = name === 'slurm'
    const message = ignored ? `unknown key '${entry.key}' is ignored` : `unknown key '${entry.key}'`
    this.problems.folded(ignored ? 'warning' : 'error', `unknown ${name} ${entry.key}`, samePlaces, entry.keyAt, path, message, hint)
    return near
  }
}
