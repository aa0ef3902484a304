// Reads what one parameter may be: a value, a list (what it means depends on the algorithm) or a mapping with one word of
// domain-forms.ts.
import type { Domain, Sequence } from '../../model/domain.ts'
import type { Algorithm } from '../../model/search.ts'
import type { Value } from '../../model/value.ts'
import type { Path } from '../problem.ts'
import type { Reading } from '../reading.ts'
import { schemas } from '../schema.ts'
import { describeNode, type Entry, type Node } from '../tree.ts'
import { domainForms, type FormNumbers, uniformBetween } from './domain-forms.ts'
import { readItems, readTyped } from './read-typed.ts'

const extras: readonly string[] = ['step', 'log', 'base']
const words = Object.keys(schemas.domain).filter((word) => !extras.includes(word))

/** Null for what is wrong (reported). */
export function readDomain(reading: Reading, node: Node, path: Path, algorithm: Algorithm): Domain | null {
  switch (node.kind) {
    case 'map':
      return walked(reading, readLong(reading, node, path), node, path, algorithm)
    case 'list':
      return readShort(reading, node, path, algorithm)
    default: {
      const value = readTyped(reading, node, path)
      return value === undefined ? null : { kind: 'constant', value }
    }
  }
}

/** The document's rule: a list is a grid; two numbers are a range for everything but a grid, more are a choice for optimisers. */
function readShort(reading: Reading, node: Node & { kind: 'list' }, path: Path, algorithm: Algorithm): Domain | null {
  const values = readItems(reading, node.items, path)
  if (values.length < node.items.length) return null
  if (values.length === 0) {
    reading.problems.error(node.at, path, 'the list is empty', 'write its values: [1, 2, 3]')
    return null
  }
  const [low, high] = values
  if (algorithm !== 'grid' && values.length === 2 && isNumber(low) && isNumber(high)) {
    return made(reading, uniformBetween(low.value, high.value), node, path, `write {choice: […]} for one of two values`)
  }
  return walked(reading, { kind: 'grid', values: { kind: 'list', values } }, node, path, algorithm)
}

/** Only grid and random search walk a grid: everything else takes its values as a choice, and says so. */
function walked(reading: Reading, domain: Domain | null, node: Node, path: Path, algorithm: Algorithm): Domain | null {
  if (domain?.kind !== 'grid' || algorithm === 'grid' || algorithm === 'random') return domain
  const message = `${algorithm} takes these values as a choice, it does not try all of them`
  reading.problems.folded('notice', `choice ${algorithm}`, 1, node.at, path, message, 'write {choice: […]}, or algorithm: grid')
  return { kind: 'choice', values: domain.values }
}

function readLong(reading: Reading, node: Node & { kind: 'map' }, path: Path): Domain | null {
  const entries = reading.map(node, path, 'domain')
  const [entry, ...others] = words.flatMap((word) => entries?.get(word) ?? [])
  if (entries === null) return null
  if (entry === undefined) {
    // a misspelt word is told already
    if (node.entries.every(({ key }) => extras.includes(key))) {
      reading.problems.error(node.at, path, 'a parameter needs values', 'write a list, or a mapping like {uniform: [0, 1]}')
    }
    return null
  }
  for (const { key, keyAt } of others) {
    reading.problems.error(keyAt, { up: path, part: key }, `a parameter has one domain, and '${entry.key}' is there`, 'keep one of them')
  }
  const here = { up: path, part: entry.key }
  const allowed: readonly string[] = domainForms[entry.key]?.extras ?? []
  for (const extra of extras) {
    const given = entries.get(extra)
    if (given !== undefined && !allowed.includes(extra)) {
      reading.problems.error(given.keyAt, { up: path, part: extra }, `'${entry.key}' has no ${extra}`, 'remove it')
    }
  }
  if (domainForms[entry.key] !== undefined) return readForm(reading, entry, entries, here, path)
  return readValues(reading, entry, here)
}

/** grid, choice, coupled, constant */
function readValues(reading: Reading, { key, value }: Entry, path: Path): Domain | null {
  if (key === 'constant') {
    const constant = readTyped(reading, value, path)
    return constant === undefined ? null : { kind: 'constant', value: constant }
  }
  if (value.kind !== 'list' || value.items.length === 0) {
    const hint = key === 'coupled' ? 'coupled: [[0, 0], [1, 1]]' : `${key}: [1, 2, 3]`
    reading.problems.error(
      value.at,
      path,
      `expected a list of values, found ${value.kind === 'list' ? 'an empty list' : describeNode(value)}`,
      hint,
    )
    return null
  }
  const values = readItems(reading, value.items, path)
  if (values.length < value.items.length) return null
  if (key !== 'coupled') return { kind: key === 'grid' ? 'grid' : 'choice', values: { kind: 'list', values } }
  const tuples = readTuples(reading, value, values, path)
  return tuples === null ? null : { kind: 'grid', values: tuples }
}

function readTuples(reading: Reading, node: Node & { kind: 'list' }, values: readonly Value[], path: Path): Sequence | null {
  const tuples = values.flatMap((value) =>
    value.kind === 'list' && value.items.length > 0 ? [{ kind: 'tuple', items: value.items } as const] : [],
  )
  const length = tuples[0]?.items.length
  const wrong = values.findIndex((value) => value.kind !== 'list' || value.items.length === 0 || value.items.length !== length)
  if (wrong < 0) return { kind: 'list', values: tuples }
  const what = `expected ${length ?? 'some'} values that belong together`
  reading.problems.error(node.items[wrong]?.at ?? node.at, { up: path, part: wrong }, what, 'coupled: [[0, 0], [1, 1]]')
  return null
}

function readForm(reading: Reading, entry: Entry, entries: ReadonlyMap<string, Entry>, here: Path, path: Path): Domain | null {
  const form = domainForms[entry.key]
  const { value } = entry
  const list = value.kind === 'list' ? value.items : [value]
  const values = readItems(reading, list, here)
  const args = values.flatMap((one) => (isNumber(one) ? [one.value] : []))
  const whole = values.every(({ kind }) => kind === 'int')
  if (form === undefined || values.length < list.length) return null
  if (args.length < list.length || args.length < form.least || args.length > form.most || (form.whole && !whole)) {
    const numbers = form.least === form.most ? `${form.least}` : `${form.least} to ${form.most}`
    const what = `expected ${numbers} ${form.whole ? 'whole numbers' : 'numbers'}: ${schemas.domain[entry.key as keyof typeof schemas.domain].what}`
    reading.problems.error(value.at, here, what)
    return null
  }
  const numbers: FormNumbers = {
    args,
    whole,
    step: readExtra(reading, entries.get('step'), { up: path, part: 'step' }),
    log: readLog(reading, entries.get('log'), { up: path, part: 'log' }),
    base: readExtra(reading, entries.get('base'), { up: path, part: 'base' }),
  }
  return made(reading, form.make(numbers), value, here)
}

function made(reading: Reading, domain: Domain | string, node: Node, path: Path, hint?: string): Domain | null {
  if (typeof domain !== 'string') return domain
  reading.problems.error(node.at, path, domain, hint)
  return null
}

function readExtra(reading: Reading, entry: Entry | undefined, path: Path): number | null {
  if (entry === undefined) return null
  const value = readTyped(reading, entry.value, path)
  if (isNumber(value)) return value.value
  if (value !== undefined) reading.wrong(entry.value, path, 'a number')
  return null
}

function readLog(reading: Reading, entry: Entry | undefined, path: Path): boolean {
  if (entry === undefined) return false
  const value = readTyped(reading, entry.value, path)
  if (value?.kind !== 'bool') reading.wrong(entry.value, path, 'true or false')
  return value?.kind === 'bool' && value.value
}

function isNumber(value: Value | undefined): value is Value & { kind: 'int' | 'float' } {
  return value?.kind === 'int' || value?.kind === 'float'
}
