// Parameters as batchtk reads them: variables <TYPE>RUNTK<number> that hold key, delimiter and value. Releases from 0.0.2 on
// split at `*=`, earlier ones at `=`; a wrong one is not noticed by the script, so the caller has asked (docs/search.md).
// Set with execve and never through a shell, so nothing is quoted for one.

import { hasControl } from '../base/control.ts'
import { DistError } from '../base/errors.ts'
import type { Params, Value } from '../model/value.ts'
import { jsonText, pythonText } from './value-text.ts'

export type EnvDelimiter = '*=' | '='

/** The kernel's MAX_ARG_STRLEN: `NAME=value` and its NUL. */
const mostBytes = 131_072
const encoder = new TextEncoder()

/** Variables in the order of `params`, numbered from 0. Throws `bad_jobset` for a name or value that cannot be sent. */
export function runtkVariables(params: Params, delimiter: EnvDelimiter): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [index, [name, value]] of params.entries()) {
    const problem = keyProblem(name, delimiter)
    if (problem !== null) throw new DistError('bad_jobset', `the parameter ${JSON.stringify(name)} cannot be sent: ${problem}`)
    const { type, text } = encode(value, delimiter)
    const variable = `${type}RUNTK${index}`
    variables[variable] = `${name}${delimiter}${text}`
    if (encoder.encode(`${variable}=${variables[variable]}`).length < mostBytes) continue
    const hint = 'put the value into a file and let the parameter choose which'
    throw new DistError('bad_jobset', `the parameter '${name}' has more than 128 KiB, the most that a variable can hold`, { hint })
  }
  return variables
}

/** Why a parameter of this name cannot reach a batchtk job, or null. `auto` has to suit both. */
export function keyProblem(name: string, delimiter: EnvDelimiter | 'auto'): string | null {
  if (name === '') return 'it is empty'
  if (hasControl(name)) return 'it has a control character'
  if (stripped(name) !== name) return 'it begins or ends with a blank, which batchtk removes'
  const taken = delimiter === 'auto' ? '=' : delimiter
  return name.includes(taken) ? `it has '${taken}', where batchtk cuts name from value` : null
}

function encode(value: Value, delimiter: EnvDelimiter): { readonly type: string; readonly text: string } {
  const old = delimiter === '='
  switch (value.kind) {
    case 'int':
      return { type: 'INT', text: pythonText(value) }
    case 'float':
      return { type: 'FLOAT', text: pythonText(value) }
    case 'bool':
      return old ? { type: 'JSON', text: jsonText(value) } : { type: 'BOOL', text: pythonText(value) }
    case 'null':
      return old ? { type: 'JSON', text: jsonText(value) } : { type: 'NONETYPE', text: pythonText(value) }
    case 'list':
      return { type: 'LIST', text: escaped(pythonText(value), delimiter) }
    case 'tuple':
      return { type: 'TUPLE', text: escaped(pythonText(value), delimiter) }
    case 'map':
      return { type: 'DICT', text: escaped(old ? jsonText(value) : pythonText(value), delimiter) }
    case 'text':
      // JSON text is also a Python literal, so both generations read it
      return isPlain(value.value, delimiter)
        ? { type: 'STR', text: value.value }
        : { type: 'JSON', text: escaped(JSON.stringify(value.value), delimiter) }
  }
}

/** Arrives as it is: batchtk strips a STR and drops what follows a second delimiter. */
function isPlain(text: string, delimiter: EnvDelimiter): boolean {
  return !text.includes(delimiter) && stripped(text) === text && !hasControl(text) && !/\p{Surrogate}/u.test(text)
}

/** The delimiter can only be inside of quotes here, where an escape means the same. */
function escaped(text: string, delimiter: EnvDelimiter): string {
  return text.replaceAll(delimiter, delimiter === '=' ? '\\u003d' : '\\u002a=')
}

/** As Python's str.strip(): it knows some blanks that trim() does not. */
function stripped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts 1c to 1f and 85 as blanks
  return text.trim().replace(/^[\s\u001c-\u001f\u0085]+|[\s\u001c-\u001f\u0085]+$/g, '')
}
