// What a schema cannot say about a jobset that is being submitted: names, safe and distinct effective file names.
// The command line checked all this with lines and carets; here it guards the head against other clients.
import { DistError } from '../../shared/base/errors.ts'
import { jobNameProblem, nameProblem } from '../../shared/config/name-rule.ts'
import { archiveProblem, hasNul, mountProblem, refProblem, repositoryProblem, variableProblem } from '../../shared/config/value-rules.ts'
import { pathProblem } from '../../shared/files/safe-path.ts'
import { parseRequirement } from '../../shared/model/capability.ts'
import type { InputFile, JobSpec, JobsetSpec, Kind } from '../../shared/model/jobset.ts'
import type { JobOptions } from '../../shared/model/options.ts'
import { checkSearch } from './check-search.ts'

/** Throws `bad_jobset`. */
export function checkSpec(spec: JobsetSpec): void {
  const { namespace, batchName, capabilities } = spec.meta
  refuse('namespace', nameProblem(namespace))
  refuse('batch_name', nameProblem(batchName))
  for (const text of capabilities)
    refuse('capabilities', parseRequirement(text) === null ? `${JSON.stringify(text)} is no requirement` : null)
  for (const name of spec.after) refuse('after', name === batchName ? 'a jobset cannot wait for itself' : nameProblem(name))
  checkInitialize(spec)
  checkOptions(spec.options, 'the jobset')
  checkSearch(spec, refuse)
}

function checkInitialize({ kind, initialize }: JobsetSpec): void {
  const { buildFile, build, sif, mounts, source, share, files } = initialize
  const foreign = {
    build_file: buildFile !== null && kind !== 'python',
    build: build !== null && kind !== 'shell',
    sif: (sif !== null) !== (kind === 'apptainer'),
    required_mounts: mounts.length > 0 && kind !== 'apptainer',
    source: source !== null && kind === 'apptainer',
    share: share && kind === 'apptainer',
  }
  for (const [key, wrong] of Object.entries(foreign)) refuse(`initialize.${key}`, wrong ? `does not go with the kind ${kind}` : null)
  if (buildFile !== null) refuse('initialize.build_file', pathProblem(buildFile.name))
  if (sif !== null) refuse('initialize.sif', pathProblem(sif.name))
  refuse('initialize.build', build === null ? null : commandProblem(build))
  for (const mount of mounts) refuse('initialize.required_mounts', mountProblem(mount))
  if (source?.kind === 'git') {
    refuse('initialize.source.git', repositoryProblem(source.url))
    refuse('initialize.source.ref', source.ref === null ? null : refProblem(source.ref))
  } else if (source !== null) refuse('initialize.source.archive', archiveProblem(source.url))
  checkFiles(files, 'initialize.required_files')
}

/** `kind` is that of its jobset. */
export function checkJob(job: JobSpec, kind: Kind, batchName: string, place: string): void {
  refuse(place, jobNameProblem(job.name, batchName))
  refuse(`${place}.file`, (job.script === null) === (kind === 'python') ? `does not go with the kind ${kind}` : null)
  refuse(`${place}.run`, (job.run === null) === (kind === 'shell') ? `does not go with the kind ${kind}` : null)
  if (job.script !== null) refuse(`${place}.file`, pathProblem(job.script.name))
  refuse(`${place}.run`, job.run === null ? null : commandProblem(job.run))
  checkFiles(job.files, `${place}.required_files`)
  if (job.options !== null) checkOptions(job.options, place)
}

function checkOptions({ demand, args, env }: Partial<JobOptions>, place: string): void {
  const cores = demand?.cores ?? 'all'
  refuse(`${place}.resources`, cores !== 'all' && cores.min > cores.max ? 'more cores at least than at most' : null)
  for (const [name, value] of Object.entries(env ?? {}))
    refuse(`${place}.env`, variableProblem(name) ?? (hasNul(value) ? `${name} has a NUL character` : null))
  refuse(`${place}.args`, (args ?? []).some(hasNul) ? 'an argument has a NUL character' : null)
}

function commandProblem(command: string): string | null {
  return command.trim() === '' ? 'the command is empty' : hasNul(command) ? 'the command has a NUL character' : null
}

function checkFiles(files: readonly InputFile[], place: string): void {
  const names = new Set<string>()
  for (const { name } of files) {
    refuse(place, pathProblem(name))
    refuse(place, names.has(name) ? `two files are called ${JSON.stringify(name)}` : null)
    names.add(name)
  }
  for (const name of names) {
    for (let cut = name.lastIndexOf('/'); cut > 0; cut = name.lastIndexOf('/', cut - 1)) {
      const above = name.slice(0, cut)
      refuse(place, names.has(above) ? `${JSON.stringify(above)} is a file and the folder of ${JSON.stringify(name)}` : null)
    }
  }
}

function refuse(place: string, problem: string | null): void {
  if (problem !== null) throw new DistError('bad_jobset', `${place}: ${problem}`)
}
