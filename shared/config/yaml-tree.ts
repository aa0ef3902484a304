// YAML text to the plain tree. Used by parse-jobset.ts and agent-settings.ts; the only file that walks the `yaml`
// package's nodes. The failsafe schema leaves every scalar as it was written; the readers decide what it means.
import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, type Node as YamlNode } from 'yaml'
import { errorMessage } from '../base/errors.ts'
import type { Problems } from './problem.ts'
import type { Entry, Node } from './tree.ts'
import { reportYamlErrors } from './yaml-errors.ts'

/** Deeper than any file of ours; keeps hostile text from ending our stack. */
const maxDepth = 50

/** The tree of the one document in `text`; null when it has none or is no YAML (then `problems` says why). */
export function yamlTree(text: string, problems: Problems): Node | null {
  let document: Document.Parsed
  try {
    // keys are checked for duplicates here: the package does it in quadratic time
    document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'error' })
  } catch (error) {
    problems.error(0, null, `cannot be read as YAML: ${errorMessage(error)}`)
    return null
  }
  const before = problems.count
  reportYamlErrors(text, [...document.errors, ...document.warnings], problems)
  if (problems.count > before || document.contents === null) return null
  return new Converter(problems).node(document.contents, 0)
}

class Converter {
  readonly #problems: Problems
  /** anchors so far: an alias means the last one before it. Null while the anchored node itself is being read */
  readonly #anchors = new Map<string, Node | null>()

  constructor(problems: Problems) {
    this.#problems = problems
  }

  node(yaml: unknown, depth: number): Node {
    if (isAlias(yaml)) return this.#alias(yaml.source, start(yaml))
    if (!isScalar(yaml) && !isSeq(yaml) && !isMap(yaml)) return { kind: 'null', text: '', at: start(yaml as YamlNode | null) }
    const anchor = yaml.anchor
    if (anchor !== undefined) this.#anchors.set(anchor, null)
    const node = depth > maxDepth ? this.#tooDeep(start(yaml)) : this.#convert(yaml, depth)
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    return node
  }

  #convert(yaml: YamlNode, depth: number): Node {
    const at = start(yaml)
    if (isSeq(yaml)) return { kind: 'list', items: yaml.items.map((item) => this.node(item, depth + 1)), at }
    if (isMap(yaml)) return { kind: 'map', entries: this.#entries(yaml.items, depth), at }
    return isScalar(yaml) ? scalar(yaml, at) : { kind: 'null', text: '', at }
  }

  #entries(pairs: readonly Pair[], depth: number): Entry[] {
    const entries = new Map<string, Entry>()
    const merges: Entry[] = []
    for (const pair of pairs) {
      const key = pair.key
      if (!isScalar(key)) {
        this.#problems.error(start(key as YamlNode | null), null, 'a key must be a word', 'write it as key: value')
        continue
      }
      const name = key.source ?? String(key.value ?? '')
      const keyAt = start(key)
      // `key` without a colon has no value node: it stands where its key is
      const value = pair.value === null ? ({ kind: 'null', text: '', at: keyAt } as const) : this.node(pair.value, depth + 1)
      const entry = { key: name, keyAt, value }
      if (name === '<<' && key.type === 'PLAIN') merges.push(entry)
      else if (entries.has(name)) this.#problems.error(keyAt, null, `the key '${name}' is there twice`, 'keep one of them')
      else entries.set(name, entry)
    }
    for (const merge of merges) this.#merge(merge, entries)
    return [...entries.values()]
  }

  /** `<<: *base`: keys that are written here win, then the first of a list. */
  #merge(merge: Entry, entries: Map<string, Entry>): void {
    for (const source of merge.value.kind === 'list' ? merge.value.items : [merge.value]) {
      if (source.kind !== 'map') {
        this.#problems.error(merge.keyAt, null, "'<<' merges a mapping, and this is none", 'write <<: *name, with &name at a mapping above')
        return
      }
      for (const entry of source.entries) if (!entries.has(entry.key)) entries.set(entry.key, entry)
    }
  }

  #alias(name: string, at: number): Node {
    const target = this.#anchors.get(name)
    if (target !== undefined && target !== null) return target
    const message = target === null ? `*${name} is used inside of &${name} itself` : `*${name} has no &${name} above it`
    this.#problems.error(at, null, message, target === null ? undefined : `a text that begins with * needs quotes: "*${name}"`)
    return { kind: 'null', text: '', at }
  }

  #tooDeep(at: number): Node {
    this.#problems.folded('error', 'depth', 1, at, null, `is nested more than ${maxDepth} levels deep`)
    return { kind: 'null', text: '', at }
  }
}

function scalar(yaml: Scalar, at: number): Node {
  const text = yaml.source ?? String(yaml.value ?? '')
  const plain = yaml.type === 'PLAIN'
  if (plain && /^(~|null|Null|NULL)?$/.test(text)) return { kind: 'null', text, at }
  return { kind: 'text', text, plain, at }
}

function start(yaml: YamlNode | null): number {
  return yaml?.range?.[0] ?? 0
}
