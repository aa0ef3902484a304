// README.txt and site.sh of a bundle. Pure.
import type { JobsetSpec } from '../../shared/model/jobset.ts'
import { hasBuild } from '../../shared/model/jobset.ts'
import { notSaid } from './not-said.ts'
import type { PlannedJob } from './plan-bundle.ts'
import type { SchedulerName } from './scheduler.ts'

export const siteText = `# Read by the build and by every job on the cluster, before they start. For whatever this site needs, for example:
#   . /etc/profile.d/modules.sh
#   module load apptainer
# Jobs get a scratch folder of their own when DIST_SCRATCH is set (default: work/ in the bundle):
#   DIST_SCRATCH=/scratch/$USER/dist
`

export interface ReadmeFacts {
  readonly scheduler: SchedulerName
  readonly spec: JobsetSpec<unknown>
  readonly jobs: readonly PlannedJob<unknown>[]
  /** of one job alone */
  readonly script: string
}

export function readmeText({ scheduler, spec, jobs, script }: ReadmeFacts): string {
  const { namespace, batchName } = spec.meta
  const [submit, look] = scheduler === 'slurm' ? ['sbatch', 'squeue'] : ['qsub', 'qstat']
  const first = jobs[0]?.folder ?? 'JOB'
  const left = notSaid(spec, jobs)
  return `${namespace}/${batchName}: ${jobs.length === 1 ? '1 job' : `${jobs.length} jobs`} for ${scheduler === 'slurm' ? 'Slurm' : 'Grid Engine'}. Made by dist; nothing of dist is needed on the cluster.

  sh rsync_upload.sh USER@HOST:FOLDER     copy this folder to the cluster
  sh schedule_jobs.sh                     there, in the folder: submit ${hasBuild(spec) ? 'the build, then ' : ''}all jobs (${look} shows them)
  sh rsync_download.sh USER@HOST:FOLDER   here again: fetch what they left
  dist import .                           verify it and bring it to the head

What is here
  site.sh            for you to edit: modules, scratch folder
  input/             files that every job gets
  <job>/input/       files of one job (links to those above where it has no file of its own of that name)
  <job>/output/      what it saved; <job>/stdout.txt what it printed
  <job>/status       how it ended; written last. <job>/manifest: SHA-256 of all it left
  <job>/${script}    submits this job alone: cd '${first}' && ${submit} ${script}
  build_output.txt   what the build printed; build.status how it ended
  dist/              the scripts that do it, in POSIX sh; bundle.json is for dist import

Good to know
  schedule_jobs.sh may be repeated: jobs that succeeded are not run again, failed ones are.
  Without a scheduler a job runs by: sh dist/task.sh one '${first}'${hasBuild(spec) ? '\n  Where compute nodes have no network, build on the login node first: sh dist/build.sh' : ''}
  A build stays in build/ and is copied for each job, so absolute paths into build/ stay true while the bundle is not moved.
  Tools needed there: sh, sed, find, cp, od, and sha256sum, shasum or openssl${spec.kind === 'apptainer' ? '; apptainer or singularity' : ''}${spec.kind === 'python' ? '; python3' : ''}.
${left.map((line) => `  Not done on a cluster: ${line}.\n`).join('')}`
}
