// `dist logs JOB` and `dist logs --build X`: what a job or a build wrote, as it was written; with -f until it ends.
import type { BuildReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { Context } from '../context.ts'
import { followBuilds, followJob } from '../local/follow-output.ts'
import { readLog, type TakeBytes } from '../local/read-log.ts'
import { resolveJob, resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { jobsetLabel, outcomeText } from '../render/labels.ts'

export interface LogsOptions {
  readonly build?: boolean
  readonly node?: string
  readonly follow?: boolean
  /** as it was typed */
  readonly attempt?: string
}

/** --json: `{job, output}`, with --build `{builds: [{build, output}]}`. With -f status 1 when the job or a build failed. */
export async function logs(context: Context, text: string, options: LogsOptions): Promise<number> {
  const attempt = attemptNumber(options)
  if (options.build === true) return buildLogs(context, text, options)
  if (options.node !== undefined)
    throw new DistError('usage', '--node goes with --build', { hint: 'a job ran on one node only: leave it out' })
  const target = await resolveTarget(context, 'look', text, 'job')
  const job = await resolveJob(context, 'look', target)
  const head = await context.head()
  const output = new Shown(context)
  if (options.follow === true) {
    const next = () => context.note('another attempt of the job begins')
    const ended = await followJob(context, target, job, attempt, output.take, next)
    context.value({ job: ended, output: output.text })
    const how = outcomeText(ended.outcome) ?? ended.state
    if (ended.state !== 'succeeded') context.note(`${target.job}: ${how}`)
    return ended.state === 'succeeded' ? exitCode.done : exitCode.failed
  }
  const query = attempt === undefined ? {} : { attempt }
  await readLog(context, (offset) => head.jobLog(job.id, { offset, ...query }, context.signal), output.take)
  context.value({ job, output: output.text })
  if (output.bytes === 0) context.note(`${target.job} has written nothing${job.attempts === 0 ? ': it has not started yet' : ''}`)
  return exitCode.done
}

function attemptNumber({ attempt, build }: LogsOptions): number | undefined {
  if (attempt === undefined) return undefined
  if (build === true) throw new DistError('usage', '--attempt goes with a job', { hint: 'choose a build with --node NAME' })
  if (/^[1-9]\d{0,8}$/.test(attempt)) return Number(attempt)
  throw new DistError('usage', `--attempt ${attempt} is no number of an attempt`, { hint: 'the first is --attempt 1' })
}

async function buildLogs(context: Context, text: string, options: LogsOptions): Promise<number> {
  const node = options.node ?? null
  const { jobset } = await resolveTarget(context, 'look', text, 'jobset')
  const head = await context.head()
  const values = new Map<string, Shown>()
  const begin = (build: BuildReply, ofMany: boolean): TakeBytes => {
    const output = new Shown(context)
    const how = outcomeText(build.outcome) ?? build.state
    if (ofMany) context.print(`${values.size === 0 ? '' : '\n'}${context.out.bold(`==> ${build.node}: ${how} <==`)}`)
    values.set(build.attempt, output)
    return output.take
  }
  const tell = (builds: readonly BuildReply[]) =>
    context.value({ builds: builds.map((build) => ({ build, output: values.get(build.attempt)?.text ?? '' })) })
  if (options.follow === true) {
    const ended = await followBuilds(context, jobset, node, begin)
    if (ended.length === 0) throw noBuild(jobsetLabel(jobset), node, ended)
    tell(ended)
    return ended.every(({ state }) => state === 'succeeded') ? exitCode.done : exitCode.failed
  }
  const { builds } = await context.patiently('look', () => head.builds(jobset.id, context.signal))
  const asked = builds.filter((build) => node === null || build.node === node)
  if (asked.length === 0) throw noBuild(jobsetLabel(jobset), node, builds)
  // of builds that followed each other on a node the last one's output is kept
  const kept = asked.filter((build) => build.state === 'building' || build.outputFile !== null)
  const wanted = kept.length > 0 ? kept : asked
  for (const build of wanted) {
    const take = begin(build, wanted.length > 1)
    await readLog(context, (offset) => head.buildLog(build.attempt, { offset }, context.signal), take)
  }
  tell(wanted)
  return exitCode.done
}

function noBuild(label: string, node: string | null, builds: readonly BuildReply[]): DistError {
  if (builds.length === 0) return new DistError('not_found', `${label} was not built on any node yet`, { hint: 'see: dist status' })
  const names = builds.map((build) => build.node).join(', ')
  return new DistError('not_found', `${label} was not built on ${node}`, { hint: `it was on: ${names}` })
}

/** Copies output to stdout; with --json gathers it instead. */
class Shown {
  readonly #context: Context
  readonly #gathered: Buffer[] = []
  bytes = 0

  constructor(context: Context) {
    this.#context = context
  }

  get text(): string {
    return Buffer.concat(this.#gathered).toString()
  }

  readonly take = async (chunk: Buffer): Promise<void> => {
    this.bytes += chunk.length
    if (this.#context.json) {
      this.#gathered.push(chunk)
      return
    }
    this.#context.io.stdout.write(chunk)
    await this.#context.io.stdout.flush()
  }
}
