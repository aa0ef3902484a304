// `dist logs JOB` and `dist logs --build X`: what a job or a build wrote, as it was written.
import type { BuildReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { type OpenLog, readLog } from '../local/read-log.ts'
import { resolveJob, resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { jobsetLabel, outcomeText } from '../render/labels.ts'

export interface LogsOptions {
  readonly build?: boolean
  readonly node?: string
}

/** --json: `{job, output}`, with --build `{builds: [{build, output}]}`. */
export async function logs(context: Context, text: string, options: LogsOptions): Promise<number> {
  if (options.build === true) return buildLogs(context, text, options.node ?? null)
  if (options.node !== undefined)
    throw new DistError('usage', '--node goes with --build', { hint: 'a job ran on one node only: leave it out' })
  const target = await resolveTarget(context, 'look', text, 'job')
  const job = await resolveJob(context, 'look', target)
  const head = await context.head()
  const output = await show(context, (offset) => head.jobLog(job.id, offset, context.signal))
  context.value({ job, output: output.text })
  if (output.bytes === 0) context.note(`${target.job} has written nothing${job.attempts === 0 ? ': it has not started yet' : ''}`)
  return exitCode.done
}

async function buildLogs(context: Context, text: string, node: string | null): Promise<number> {
  const { jobset } = await resolveTarget(context, 'look', text, 'jobset')
  const head = await context.head()
  const { builds } = await context.patiently('look', () => head.builds(jobset.id, context.signal))
  const wanted = builds.filter((build) => node === null || build.node === node)
  const [first] = wanted
  if (first === undefined) throw noBuild(jobsetLabel(jobset), node, builds)
  const values: { build: BuildReply; output: string }[] = []
  for (const build of wanted) {
    if (wanted.length > 1) {
      const how = outcomeText(build.outcome) ?? build.state
      context.print(`${build === first ? '' : '\n'}${context.out.bold(`==> ${build.node}: ${how} <==`)}`)
    }
    const output = await show(context, (offset) => head.buildLog(build.attempt, offset, context.signal))
    values.push({ build, output: output.text })
  }
  context.value({ builds: values })
  return exitCode.done
}

function noBuild(label: string, node: string | null, builds: readonly BuildReply[]): DistError {
  if (builds.length === 0) return new DistError('not_found', `${label} was not built on any node yet`, { hint: 'see: dist status' })
  const names = builds.map((build) => build.node).join(', ')
  return new DistError('not_found', `${label} was not built on ${node}`, { hint: `it was on: ${names}` })
}

/** Copies the log to stdout; with --json gathers it instead. */
async function show(context: Context, open: OpenLog): Promise<{ readonly bytes: number; readonly text: string }> {
  const gathered: Buffer[] = []
  let bytes = 0
  await readLog(context, open, async (chunk) => {
    bytes += chunk.length
    if (context.json) gathered.push(chunk)
    else {
      context.io.stdout.write(chunk)
      await context.io.stdout.flush()
    }
  })
  return { bytes, text: Buffer.concat(gathered).toString() }
}
