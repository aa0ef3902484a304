// A bundle that came back, as a jobset again. Used by `dist import`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jobLine, jobsetSpec } from '../../shared/api/shapes.ts'
import { DistError, systemCode } from '../../shared/base/errors.ts'
import { safeSegments, segmentProblem } from '../../shared/files/safe-path.ts'
import type { InputFile, Jobset, JobsetSpec, LocalFile } from '../../shared/model/jobset.ts'
import { type BundleFile, bundleFormat } from './bundle-file.ts'

/** Throws `usage` for a folder that is none, or that was made by a newer version. */
export function readBundle(folder: string, shown: string): BundleFile {
  let text: string
  try {
    text = readFileSync(join(folder, 'bundle.json'), 'utf8')
  } catch (error) {
    const why = systemCode(error) === 'ENOENT' ? 'there is no bundle.json in it' : `bundle.json cannot be read: ${systemCode(error)}`
    throw new DistError('usage', `${shown} is no bundle: ${why}`, {
      hint: 'name a folder that `dist slurm` or `dist sge` made',
      cause: error,
    })
  }
  const value = parsed(text, shown)
  if (value.format !== bundleFormat) {
    throw new DistError('version', `${shown} was made by dist ${value.dist}, in a form that this one does not know`, {
      hint: 'update dist here',
    })
  }
  const bad = !/^[0-9a-f]{32}$/.test(value.id) || !jobsetSpec.safeParse(value.spec).success || value.jobs.some((job) => !isJob(job))
  if (bad) throw damaged(shown)
  return value
}

function isJob({ folder, spec }: BundleFile['jobs'][number]): boolean {
  return typeof folder === 'string' && segmentProblem(folder) === null && jobLine.safeParse(spec).success
}

function parsed(text: string, shown: string): BundleFile {
  try {
    const value = JSON.parse(text) as BundleFile
    if (Array.isArray(value.jobs) && typeof value.contents === 'object' && value.contents !== null) return value
  } catch {
    // told below
  }
  throw damaged(shown)
}

function damaged(shown: string): DistError {
  return new DistError('bad_archive', `${shown}/bundle.json is damaged`, { hint: 'copy it again from where the bundle was made' })
}

/** The jobset with its inputs as they lie in the bundle; none of its jobs is for a node of ours. */
export function jobsetOf(bundle: BundleFile, folder: string): Jobset<LocalFile> {
  const local = (file: InputFile): LocalFile => {
    const path = bundle.contents[file.sha256]
    if (path === undefined) throw new DistError('bad_archive', `${file.name} is not in the bundle`, { hint: 'copy bundle.json again' })
    return { name: file.name, source: join(folder, ...safeSegments(path)) }
  }
  const maybe = (file: InputFile | null) => (file === null ? null : local(file))
  const { search: _, ...written } = bundle.spec
  const { buildFile, sif, files } = written.initialize
  const spec: JobsetSpec<LocalFile> = {
    ...written,
    after: [],
    bundle: bundle.id,
    initialize: { ...written.initialize, buildFile: maybe(buildFile), sif: maybe(sif), files: files.map(local) },
  }
  return { ...spec, jobs: bundle.jobs.map(({ spec: job }) => ({ ...job, script: maybe(job.script), files: job.files.map(local) })) }
}
