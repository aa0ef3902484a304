// A job's parameters as it sees them: the file input/params.json and DIST_PARAM_* (jobset.md, `params`).
// Called by the agent and by the bundles of `dist slurm` and `dist sge`.
import { DistError } from '../base/errors.ts'
import { sha256 } from '../files/digest.ts'
import type { InputFile } from '../model/jobset.ts'
import type { ParamValue } from '../model/options.ts'
import { paramVariable } from '../model/param-variable.ts'

export const paramsName = 'params.json'

export interface ParamsFile {
  readonly file: InputFile
  readonly data: Buffer
}

/** The file, ended by a line feed; known by its content like every other input. */
export function paramsFile(json: string): ParamsFile {
  const data = Buffer.from(`${json}\n`)
  return { file: { name: paramsName, sha256: sha256(data), size: data.length, mode: 0o644 }, data }
}

/** `mesh size` becomes DIST_PARAM_MESH_SIZE; text as it is, everything else as JSON. `bad_request` for what is no JSON object. */
export function paramVariables(json: string): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(parseParams(json))) {
    variables[paramVariable(name)] = typeof value === 'string' ? value : JSON.stringify(value)
  }
  return variables
}

/** `bad_request` for what is no JSON object. */
export function parseParams(json: string): Record<string, ParamValue> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new DistError('bad_request', 'the parameters of the job are no JSON', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DistError('bad_request', 'the parameters of the job are no JSON object')
  return { ...value } as Record<string, ParamValue>
}
