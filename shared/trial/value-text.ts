// A value as text: for JSON, where 3.0 keeps its `.0` so that Python reads a float again, and as a Python literal.
import { assertNever } from '../base/assert.ts'
import type { Params, Value } from '../model/value.ts'

/** `3` -> `3.0`, `1e-7` -> `1e-7`: what both float() and JSON read as the same double. */
export function floatText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

export function jsonText(value: Value): string {
  switch (value.kind) {
    case 'null':
      return 'null'
    case 'float':
      return floatText(value.value)
    case 'list':
    case 'tuple':
      return `[${value.items.map(jsonText).join(',')}]`
    case 'map':
      return `{${value.entries.map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`).join(',')}}`
    default:
      return JSON.stringify(value.value)
  }
}

/** What ast.literal_eval reads. Strings are quoted as JSON quotes them, which is valid Python too. */
export function pythonText(value: Value): string {
  switch (value.kind) {
    case 'null':
      return 'None'
    case 'bool':
      return value.value ? 'True' : 'False'
    case 'int':
      return String(value.value)
    case 'float':
      return floatText(value.value)
    case 'text':
      return JSON.stringify(value.value)
    case 'list':
      return `[${value.items.map(pythonText).join(', ')}]`
    case 'tuple':
      return value.items.length === 1 ? `(${value.items.map(pythonText)},)` : `(${value.items.map(pythonText).join(', ')})`
    case 'map':
      return `{${value.entries.map(([key, item]) => `${JSON.stringify(key)}: ${pythonText(item)}`).join(', ')}}`
    default:
      return assertNever(value)
  }
}

/** Text as it is, everything else as JSON: what DIST_PARAM_* and `{{name}}` hold. */
export function shownText(value: Value): string {
  return value.kind === 'text' ? value.value : jsonText(value)
}

/** input/params.json: one object, numbers with their type. */
export function paramsJson(params: Params): string {
  return jsonText({ kind: 'map', entries: params })
}
