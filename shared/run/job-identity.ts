// What a job is given, as one hash: two jobs with the same would compute the same. By this the head knows that a result which
// comes from elsewhere is that of its own job. Pure but for the hash.
import { sha256 } from '../files/digest.ts'
import type { Sha256 } from '../model/ids.ts'
import type { InputFile, JobSpec, JobsetSpec } from '../model/jobset.ts'

const file = (input: InputFile | null) => (input === null ? null : [input.name, input.sha256, input.mode])
const files = (inputs: readonly InputFile[]) => inputs.map(file).sort((a, b) => (String(a) < String(b) ? -1 : 1))

/** Build, inputs, program, arguments, environment and parameters; not what it asks a node for, nor how often it is tried. */
export function jobIdentity({ kind, initialize, options }: Pick<JobsetSpec, 'kind' | 'initialize' | 'options'>, job: JobSpec): Sha256 {
  const { buildFile, build, sif, mounts, source } = initialize
  const { args, env, params } = { ...options, ...job.options }
  const environment = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))
  const built = [kind, file(buildFile)?.slice(1) ?? null, build, file(sif)?.slice(1) ?? null, mounts, source, files(initialize.files)]
  const own = [file(job.script)?.slice(1) ?? null, job.run, files(job.files), args, environment, params]
  return sha256(JSON.stringify([built, own]))
}
