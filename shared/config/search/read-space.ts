// Reads `params` of a search, and the points that are tried first.
import type { Domain, SearchParam } from '../../model/domain.ts'
import type { Algorithm } from '../../model/search.ts'
import { float, type Params, plain, sameValue, type Value } from '../../model/value.ts'
import { sequenceAt, sequenceLength } from '../../search/sequence.ts'
import { nearest } from '../../text/near.ts'
import type { Path } from '../problem.ts'
import { isSet } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import type { Entry } from '../tree.ts'
import { readDomain } from './read-domain.ts'
import { readTyped } from './read-typed.ts'

/** In the order of the file, with the place of each; a parameter that is wrong is missing (reported). */
export function readSpace(
  reading: Reading,
  entry: Entry | undefined,
  path: Path,
  algorithm: Algorithm,
): readonly (SearchParam & { readonly at: number })[] {
  if (entry === undefined || !reading.spend(1, entry.value, path)) return []
  if (entry.value.kind !== 'map') {
    reading.wrong(entry.value, path, 'a mapping', 'write name: [1, 2, 3] below it, indented')
    return []
  }
  if (entry.value.entries.length === 0)
    reading.problems.error(entry.value.at, path, 'there are no parameters', 'write name: [1, 2, 3] below it')
  return entry.value.entries.flatMap(({ key, keyAt, value }) => {
    const domain = readDomain(reading, value, { up: path, part: key }, algorithm)
    return domain === null ? [] : [{ name: key, domain, at: keyAt }]
  })
}

/** Points, each complete in what a grid needs. */
export function readPoints(reading: Reading, entry: Entry | undefined, path: Path, params: readonly SearchParam[]): readonly Params[] {
  const items = isSet(entry) ? reading.list(entry, path, 'a list: [{x0: 1, x1: 2}]') : []
  return (items ?? []).map((item, index) => {
    const here = { up: path, part: index }
    if (item.kind !== 'map') {
      reading.wrong(item, here, 'a mapping', 'write {name: value, …}')
      return []
    }
    const point = item.entries.flatMap(({ key, keyAt, value }) => {
      const at = { up: here, part: key }
      const param = params.find(({ name }) => name === key)
      const read = readTyped(reading, value, at)
      if (param === undefined) {
        const near = nearest(
          key,
          params.map(({ name }) => name),
        )
        reading.problems.error(
          keyAt,
          at,
          `there is no parameter '${key}'`,
          near === null ? 'name parameters of this search' : `did you mean '${near}'?`,
        )
        return []
      }
      if (read === undefined) return []
      const fitting = admitted(param.domain, read)
      if (fitting !== null) return [[key, fitting] as const]
      reading.problems.error(value.at, at, 'the value is outside of what the parameter may be', `see ${key} in params`)
      return []
    })
    const missing = params.find(({ name, domain }) => domain.kind === 'grid' && !item.entries.some(({ key }) => key === name))
    if (missing !== undefined)
      reading.problems.error(item.at, here, `the point has no '${missing.name}'`, 'a point names every parameter of the grid')
    return point
  })
}

/** The value with the type that the domain gives; null when it cannot be. A grid takes any value: a baseline is beside it. */
function admitted(domain: Domain, value: Value): Value | null {
  const number = value.kind === 'int' || value.kind === 'float' ? value.value : null
  switch (domain.kind) {
    case 'grid':
      return value
    case 'constant':
      return sameValue(plain(domain.value), plain(value)) ? domain.value : null
    case 'choice':
      return chosen(domain, value)
    case 'normal':
      return number === null ? null : float(number)
    case 'float':
      return number === null || number < domain.low || number > domain.high ? null : float(number)
    case 'int':
      return value.kind === 'int' && value.value >= domain.low && value.value <= domain.high ? value : null
  }
}

function chosen({ values }: Domain & { kind: 'choice' }, value: Value): Value | null {
  for (let index = 0; index < sequenceLength(values); index++) {
    const one = sequenceAt(values, index)
    if (sameValue(plain(one), plain(value))) return one
  }
  return null
}
