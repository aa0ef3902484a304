// Makes a bundle: inputs, scripts, manifest writer, everything to run a jobset on a cluster without us. Called by `dist slurm`, `dist sge`.
//
//   input/ <J>/input/ <J>/output/ <J>/mnt_00/ apptainer.sif <J>/slurm_input.sl schedule_jobs.sh rsync_upload.sh   the original's layout
//   dist/ groups/ slurm_array_1.sl bundle.json README.txt site.sh                                                 what makes it ours
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot, packageVersion } from '../../shared/base/package-info.ts'
import { hasBuild, type InputFile, type JobSpec, type JobsetSpec, type LocalFile } from '../../shared/model/jobset.ts'
import { paramsFile } from '../../shared/run/params.ts'
import { buildProgram } from '../../shared/run/program-argv.ts'
import { sourceArgv, sourceProgram } from '../../shared/run/source-argv.ts'
import type { Inputs } from '../submit/hash-inputs.ts'
import { type BundleFile, bundleFormat } from './bundle-file.ts'
import type { BundleWriter } from './bundle-writer.ts'
import { jobFacts, runScript } from './job-scripts.ts'
import type { BundlePlan, PlannedJob } from './plan-bundle.ts'
import { readmeText, siteText } from './readme-text.ts'
import type { Scheduler } from './scheduler.ts'
import { arrayScript, arrayScriptName, buildScript, groupListName, scheduleScript, singleScript } from './scheduler-scripts.ts'
import { shValue, shWord } from './sh-text.ts'
import { SharedFiles } from './shared-files.ts'
import { type Cluster, downloadScript, uploadScript } from './transfer-scripts.ts'

export interface BundleOrder {
  readonly scheduler: Scheduler
  readonly spec: Omit<JobsetSpec<LocalFile>, 'search'>
  readonly plan: BundlePlan<LocalFile>
  readonly inputs: Inputs
  /** the jobset file as it was written */
  readonly text: string
  /** 32 random hex digits */
  readonly id: string
  /** where it goes to; null = said when it is uploaded */
  readonly cluster: Cluster
  readonly signal: AbortSignal
}

const toolNames = ['common.sh', 'task.sh', 'build.sh', 'manifest.sh', 'schedule.sh']

export function writeBundle(writer: BundleWriter, order: BundleOrder): void {
  const { plan, scheduler, spec, inputs } = order
  const contents: Record<string, string> = {}
  const shared = new SharedFiles(writer, plan.jobs, inputs.known, contents)
  const place = (file: LocalFile, path: string): void => {
    const { sha256, mode } = inputs.known(file)
    writer.copy(file.source, path, mode)
    contents[sha256] ??= path
  }
  const { buildFile, sif, files } = spec.initialize
  writer.folder('input')
  for (const file of files) place(file, `input/${file.name}`)
  if (buildFile !== null) place(buildFile, 'dist/build.py')
  if (sif !== null) place(sif, 'apptainer.sif')
  const nv = (job: PlannedJob<LocalFile>) => job.options.demand.gpus > 0 || spec.meta.capabilities.includes('gpu')
  for (const job of plan.jobs) {
    order.signal.throwIfAborted()
    writeJob(writer, order, job, shared)
    writer.text(`${job.folder}/run.sh`, runScript(job, { kind: spec.kind, nv: nv(job) }))
  }
  writeTools(writer, order)
  const atOnce = spec.maxConcurrent
  for (const group of plan.groups) {
    writer.text(arrayScriptName(scheduler, group), arrayScript(scheduler, plan, group, atOnce))
    writer.text(groupListName(group), group.jobs.map(({ folder }) => `${folder}\n`).join(''))
  }
  if (hasBuild(spec)) writer.text(`build.${scheduler.suffix}`, buildScript(scheduler, plan))
  writer.text('schedule_jobs.sh', scheduleScript(scheduler, plan, hasBuild(spec), atOnce), 0o755)
  writer.text('rsync_upload.sh', uploadScript(order.cluster), 0o755)
  writer.text('rsync_download.sh', downloadScript(order.cluster), 0o755)
  writer.text('site.sh', siteText)
  writer.text('jobset.yaml', order.text)
  writer.text('README.txt', readmeText({ scheduler: scheduler.name, spec, jobs: plan.jobs, script: scheduler.single }))
  writer.text('bundle.json', `${JSON.stringify(bundleFile(order, contents))}\n`)
}

function writeJob(writer: BundleWriter, { spec, scheduler }: BundleOrder, job: PlannedJob<LocalFile>, shared: SharedFiles): void {
  const { folder, options } = job
  writer.folder(`${folder}/input`)
  writer.folder(`${folder}/output`)
  for (const index of spec.initialize.mounts.keys()) writer.folder(`${folder}/mnt_${String(index).padStart(2, '0')}`)
  const own = new Set(job.job.files.map(({ name }) => name))
  if (Object.keys(options.params).length > 0) {
    const { file, data } = paramsFile(JSON.stringify(options.params))
    own.add(file.name)
    writer.text(`${folder}/input/${file.name}`, data)
  }
  for (const file of spec.initialize.files) if (!own.has(file.name)) writer.link(`${folder}/input/${file.name}`, `input/${file.name}`)
  for (const file of job.job.files) shared.place(file, `${folder}/input/${file.name}`)
  if (job.job.script !== null) shared.place(job.job.script, `${folder}/job.py`)
  writer.text(`${folder}/job.sh`, jobFacts(job))
  writer.text(`${folder}/${scheduler.single}`, singleScript(scheduler, job))
}

function writeTools(writer: BundleWriter, { spec, plan, scheduler }: BundleOrder): void {
  const tool = (name: string): Buffer => readFileSync(join(packageRoot(), 'posix', name))
  for (const name of toolNames) writer.text(`dist/${name}`, tool(name), 0o755)
  writer.text('dist/submit.sh', tool(`submit-${scheduler.name}.sh`), 0o755)
  const maxFails =
    spec.maxFails === null
      ? ''
      : 'count' in spec.maxFails
        ? spec.maxFails.count
        : Math.max(1, Math.ceil(spec.maxFails.share * plan.jobs.length))
  writer.text(
    'dist/facts.sh',
    [
      `kind=${spec.kind}`,
      `jobset=${shValue(`${spec.meta.namespace}/${spec.meta.batchName}`)}`,
      `has_build=${hasBuild(spec) ? 1 : 0}`,
      '# failed jobs after which no further one starts; empty = never',
      `max_fails=${maxFails}`,
      '# paths in the container that <job>/mnt_00, mnt_01, … are bound to, a line each',
      `mounts=${shValue(spec.initialize.mounts.join('\n'))}`,
      '',
    ].join('\n'),
  )
  if (!hasBuild(spec)) return
  const { buildFile, build, source } = spec.initialize
  const own = buildFile !== null ? buildProgram({ kind: 'python' }) : build !== null ? buildProgram({ kind: 'shell', command: build }) : []
  if (source !== null) writer.copy(sourceProgram(), 'dist/fetch_source.py', 0o644)
  const words = (source === null ? own : sourceArgv(source, own, '../dist/fetch_source.py')).map(shWord)
  writer.text(
    'dist/build-command.sh',
    `#!/bin/sh\n# in build/, with the core count\nexec ${[...words, ...(build === null ? [] : ['"$1"'])].join(' ')}\n`,
  )
}

function bundleFile({ spec, plan, inputs, scheduler, id }: BundleOrder, contents: Record<string, string>): BundleFile {
  const { buildFile, sif, files } = spec.initialize
  const known = (file: LocalFile | null): InputFile | null => (file === null ? null : inputs.known(file))
  return {
    format: bundleFormat,
    id,
    dist: packageVersion(),
    scheduler: scheduler.name,
    spec: { ...spec, initialize: { ...spec.initialize, buildFile: known(buildFile), sif: known(sif), files: files.map(inputs.known) } },
    jobs: plan.jobs.map(({ folder, job }) => {
      const compiled: JobSpec = { ...job, script: known(job.script), files: job.files.map(inputs.known) }
      return { folder, spec: compiled }
    }),
    contents,
  }
}
