// A call of search() as the script's side tells it (docs/batchtools-protocol.md): read field by field, for it comes over a pipe.
import { DistError } from '../../shared/base/errors.ts'

export interface ScriptCall {
  readonly id: number
  readonly label: string
  /** absolute; this folder is shipped */
  readonly cwd: string
  /** absolute; results go there */
  readonly outputPath: string
  /** absolute; never shipped */
  readonly checkpointPath: string
  /** false: a search of its own beside one that is there */
  readonly mayContinue: boolean
  /** also files of the machinery: `.out`, `.sgl` */
  readonly keepsFiles: boolean
  readonly notices: readonly string[]
  /** the `search:` block as JSON whose numbers have their types: read as YAML, never by JSON.parse */
  readonly search: string
}

/** Throws `bug`: both sides are of one version. */
export function readCall(line: string): ScriptCall {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw broken('no JSON', cause)
  }
  if (typeof value !== 'object' || value === null) throw broken('no object')
  const fields = new Map(Object.entries(value))
  const text = (name: string): string => {
    const found = fields.get(name)
    if (typeof found !== 'string') throw broken(`no ${name}`)
    return found
  }
  const id = fields.get('id')
  if (fields.get('op') !== 'search' || typeof id !== 'number') throw broken('an unknown request')
  const notices = fields.get('notices')
  return {
    id,
    label: text('label'),
    cwd: text('cwd'),
    outputPath: text('output_path'),
    checkpointPath: text('checkpoint_path'),
    mayContinue: fields.get('attempt_restore') !== false,
    keepsFiles: fields.get('keep_files') === true,
    notices: Array.isArray(notices) ? notices.filter((one): one is string => typeof one === 'string') : [],
    search: text('search'),
  }
}

function broken(what: string, cause?: unknown): DistError {
  return new DistError('bug', `the script's side sent ${what}`, cause === undefined ? {} : { cause })
}
