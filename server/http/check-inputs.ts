// What a schema cannot say about a jobset that is being submitted: names, safe and distinct effective file names.
// The command line checked all this with lines and carets; here it guards the head against other clients.
import { DistError } from '../../shared/base/errors.ts'
import { jobNameProblem, nameProblem } from '../../shared/config/name-rule.ts'
import { pathProblem } from '../../shared/files/safe-path.ts'
import { parseRequirement } from '../../shared/model/capability.ts'
import type { InputFile, JobSpec, JobsetSpec } from '../../shared/model/jobset.ts'

/** Throws `bad_jobset`. */
export function checkSpec(spec: JobsetSpec): void {
  const { namespace, batchName, capabilities } = spec.meta
  refuse('namespace', nameProblem(namespace))
  refuse('batch_name', nameProblem(batchName))
  for (const text of capabilities)
    refuse('capabilities', parseRequirement(text) === null ? `${JSON.stringify(text)} is no requirement` : null)
  if (spec.initialize.buildFile !== null) refuse('build_file', pathProblem(spec.initialize.buildFile.name))
  checkFiles(spec.initialize.files, 'initialize.required_files')
}

export function checkJob(job: JobSpec, batchName: string, place: string): void {
  refuse(place, jobNameProblem(job.name, batchName))
  refuse(`${place}.file`, pathProblem(job.script.name))
  checkFiles(job.files, `${place}.required_files`)
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
