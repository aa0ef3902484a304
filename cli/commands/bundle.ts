// `dist slurm DIR` and `dist sge DIR`: a folder that runs a jobset on a cluster without us.
import { randomBytes } from 'node:crypto'
import { DistError } from '../../shared/base/errors.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import { BundleWriter } from '../cluster/bundle-writer.ts'
import { notSaid } from '../cluster/not-said.ts'
import { planBundle } from '../cluster/plan-bundle.ts'
import type { SchedulerName } from '../cluster/scheduler.ts'
import { lacksEnvironment, sge } from '../cluster/sge.ts'
import { slurm } from '../cluster/slurm.ts'
import type { Cluster } from '../cluster/transfer-scripts.ts'
import { writeBundle } from '../cluster/write-bundle.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted } from '../render/labels.ts'
import { hashInputs } from '../submit/hash-inputs.ts'
import { prepare } from '../submit/prepare.ts'
import { refuseSearch } from '../submit/refuse-search.ts'

export interface BundleOptions {
  readonly clusterUsername?: string
  readonly clusterAddress?: string
  readonly clusterUploadDestination?: string
}

/** --json: `{folder, scheduler, jobs, arrays, notDone}`. */
export async function bundle(
  context: Context,
  name: SchedulerName,
  dir: string,
  file: string | undefined,
  options: BundleOptions,
): Promise<number> {
  const cluster = clusterOf(options)
  const { jobset, text } = prepare(context, file)
  refuseSearch(jobset, `dist ${name}`, 'which trials there are is decided while they run')
  const scheduler = name === 'slurm' ? slurm : sge
  const plan = planBundle(jobset, scheduler)
  const inputs = await hashInputs(jobset, context.signal, () => undefined)
  const { jobs: _, search: __, ...spec } = jobset
  const id = randomBytes(16).toString('hex')
  const writer = new BundleWriter(context.io.cwd, dir)
  try {
    writeBundle(writer, { scheduler, spec, plan, inputs, text, id, cluster, signal: context.signal })
    writer.finish()
  } catch (error) {
    writer.abandon()
    throw error
  }
  const notDone = notSaid(spec, plan.jobs)
  // with --json they are in the value
  if (!context.json) for (const line of notDone) context.warn(`not done on a cluster: ${line}`)
  if (!context.json && name === 'sge' && plan.jobs.some(({ asked }) => lacksEnvironment(asked)))
    context.warn(
      'each job gets one core: Grid Engine gives more only in a parallel environment',
      'name one of the cluster: sge: {pe: smp 8}',
    )
  context.print(
    `${context.out.green(dir)}: ${counted(plan.jobs.length, 'job')} in ${counted(plan.groups.length, 'array')}, ${formatBytes(inputs.bytes)} of inputs`,
  )
  context.note(
    context.err.dim(`next: sh ${dir}/rsync_upload.sh${cluster === null ? ' USER@HOST:FOLDER' : ''}; what then is in ${dir}/README.txt`),
  )
  context.value({ folder: dir, scheduler: name, jobs: plan.jobs.length, arrays: plan.groups.length, notDone })
  return exitCode.done
}

function clusterOf({ clusterUsername: username, clusterAddress: address, clusterUploadDestination: destination }: BundleOptions): Cluster {
  if (username !== undefined && address !== undefined && destination !== undefined) return { username, address, destination }
  if (username === undefined && address === undefined && destination === undefined) return null
  throw new DistError('usage', '--cluster-username, --cluster-address and --cluster-upload-destination go together', {
    hint: 'give all three, or none and USER@HOST:FOLDER to rsync_upload.sh',
  })
}
