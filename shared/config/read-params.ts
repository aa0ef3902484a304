// Reads `params` and `env`: names with values that a job gets.
import type { ParamValue } from '../model/options.ts'
import { paramVariable } from '../model/param-variable.ts'
import type { Path } from './problem.ts'
import { isSet } from './read-values.ts'
import type { Reading } from './reading.ts'
import type { Entry, Node } from './tree.ts'
import { hasNul, variableProblem } from './value-rules.ts'

/** Name -> text; null when the file says nothing. */
export function readEnv(reading: Reading, entry: Entry | undefined, path: Path): Readonly<Record<string, string>> | null {
  const entries = namedValues(reading, entry, path, 'NAME: value')
  if (entries === null) return null
  const env: Record<string, string> = {}
  for (const { key, keyAt, value } of entries) {
    const here = { up: path, part: key }
    const problem = variableProblem(key)
    if (problem !== null) reading.problems.error(keyAt, here, problem, 'choose another name, of letters, digits and _')
    else {
      const text = reading.text(value, here, 'text')
      if (text !== null && hasNul(text)) reading.problems.error(value.at, here, 'the value has a NUL character', 'remove it')
      else if (text !== null) env[key] = text
    }
  }
  return env
}

/** Name -> value as JSON has it; null when the file says nothing. Two names that would be one variable are an error. */
export function readParams(reading: Reading, entry: Entry | undefined, path: Path): Readonly<Record<string, ParamValue>> | null {
  const entries = namedValues(reading, entry, path, 'name: value')
  if (entries === null) return null
  const params: Record<string, ParamValue> = {}
  const variables = new Map<string, string>()
  for (const { key, keyAt, value } of entries) {
    const here = { up: path, part: key }
    const name = paramVariable(key)
    const other = variables.get(name)
    if (key === '' || key === '__proto__') reading.problems.error(keyAt, here, `'${key}' cannot be the name of a parameter`)
    else if (other !== undefined) {
      reading.problems.error(keyAt, here, `'${other}' and '${key}' would both be ${name}`, 'give one of them another name')
    } else {
      variables.set(name, key)
      const read = paramValue(reading, value, here)
      if (read !== undefined) params[key] = read
    }
  }
  return params
}

function namedValues(reading: Reading, entry: Entry | undefined, path: Path, example: string): readonly Entry[] | null {
  if (!isSet(entry) || !reading.spend(1, entry.value, path)) return null
  if (entry.value.kind === 'map') return entry.value.entries
  reading.wrong(entry.value, path, 'a mapping', `write ${example} below it, indented`)
  return null
}

/** Undefined for what JSON does not have (reported). Words without quotes mean what YAML 1.2 says. */
function paramValue(reading: Reading, node: Node, path: Path): ParamValue | undefined {
  if (!reading.spend(1, node, path)) return undefined
  switch (node.kind) {
    case 'null':
      return null
    case 'list':
      return node.items.flatMap((item, index) => {
        const value = paramValue(reading, item, { up: path, part: index })
        return value === undefined ? [] : [value]
      })
    case 'map':
      return Object.fromEntries(
        node.entries.flatMap(({ key, value }) => {
          const read = paramValue(reading, value, { up: path, part: key })
          return read === undefined ? [] : [[key, read]]
        }),
      )
    case 'text':
      return node.plain ? plainValue(reading, node, path) : node.text
  }
}

/** What a word without quotes means in YAML 1.2; undefined for what JSON does not have (reported). */
export function plainValue(reading: Reading, node: Node & { kind: 'text' }, path: Path): ParamValue | undefined {
  const { text } = node
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  if (/^[-+]?(\.inf|\.Inf|\.INF)$|^\.(nan|NaN|NAN)$/.test(text)) {
    reading.problems.error(node.at, path, `JSON has no ${text}`, `write it in quotes: "${text}"`)
    return undefined
  }
  if (/^0o[0-7]+$|^0x[0-9a-fA-F]+$/.test(text) || /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text)) {
    const value = Number(text)
    if (Number.isFinite(value) && (!/^[-+]?\d+$/.test(text) || Number.isSafeInteger(value))) return value
    reading.problems.error(node.at, path, `${text} is too large to be exact`, `write it in quotes: "${text}"`)
    return undefined
  }
  return text
}
