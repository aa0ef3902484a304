// `dist import DIR`: verifies what the jobs of a bundle left, and brings it to the head as their results.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ImportItem, JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import type { BundleFile } from '../cluster/bundle-file.ts'
import { type Bringing, bringFiles, commitItems, commitResults, importItem, type Verdict } from '../cluster/import-results.ts'
import { jobsetOf, readBundle } from '../cluster/read-bundle.ts'
import { verifyJob } from '../cluster/verify-job.ts'
import type { Context } from '../context.ts'
import { listJobs } from '../local/list-jobs.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { Progress } from '../render/progress.ts'
import { oneLine } from '../render/text-width.ts'
import { hashInputs } from '../submit/hash-inputs.ts'
import { provenanceOf } from '../submit/provenance.ts'
import { submit } from '../submit/submit.ts'

export interface ImportOptions {
  readonly dry?: boolean
}

interface Told {
  readonly job: string
  readonly why: string
}

interface Report {
  imported: number
  present: number
  readonly open: Told[]
  readonly damaged: Told[]
  readonly refused: Told[]
}

const shownOfKind = 5

/** --json: `{jobset, imported, present, open, damaged, refused}`, the last three `[{job, why}]`; `jobset` is null with --dry. */
export async function importBundle(context: Context, dir: string, options: ImportOptions): Promise<number> {
  const folder = resolve(context.io.cwd, dir)
  const bundle = readBundle(folder, dir)
  const report: Report = { imported: 0, present: 0, open: [], damaged: [], refused: [] }
  const jobset = options.dry === true ? null : await atHead(context, bundle, folder)
  const bringing = jobset === null ? null : { context, head: await context.head(), jobset: jobset.id, bundle }
  await eachJob(context, bundle, folder, bringing, report)
  tell(context, `${bundle.spec.meta.namespace}/${bundle.spec.meta.batchName}`, report, options.dry === true)
  context.value({ jobset, ...report })
  return report.damaged.length + report.refused.length > 0 ? exitCode.failed : exitCode.done
}

/** The jobset of the bundle at the head; it is added when it is not there. */
async function atHead(context: Context, bundle: BundleFile, folder: string): Promise<JobsetReply> {
  const head = await context.head()
  const { namespace, batchName: batch } = bundle.spec.meta
  const { jobsets } = await context.patiently('change', () => head.findJobsets({ namespace, batch }, context.signal))
  if (jobsets[0] !== undefined) return jobsets[0]
  const jobset = jobsetOf(bundle, folder)
  const inputs = await hashInputs(jobset, context.signal, () => undefined)
  const changed = Object.entries(bundle.contents).find(([sha256]) => !inputs.contents.has(sha256))
  if (changed !== undefined) {
    throw new DistError('hash_mismatch', `${changed[1]} of the bundle is not what the jobs were given`, {
      hint: 'copy the inputs of the bundle again',
    })
  }
  const text = readFileSync(join(folder, 'jobset.yaml'), 'utf8')
  const submission = { jobset, inputs, text, mode: 'new', provenance: await provenanceOf(null, new Set(), {}) } as const
  const quiet = (): void => undefined
  const added = await submit(context, head, submission, { onBytes: quiet, onPlan: quiet, onJobs: quiet, onCommit: quiet })
  context.note(`added ${jobsetLabel(added.jobset)}, whose jobs are given to no node`)
  return added.jobset
}

async function eachJob(context: Context, bundle: BundleFile, folder: string, bringing: Bringing | null, report: Report): Promise<void> {
  const progress = new Progress(context.io.stderr, context.showsProgress && context.io.stderr.columns !== null)
  const done = bringing === null ? new Set<string>() : await succeededJobs(bringing)
  let items: ImportItem[] = []
  const flush = async (): Promise<void> => {
    if (bringing !== null && items.length > 0) count(report, items, await commitResults(bringing, items))
    items = []
  }
  try {
    for (const [index, { folder: name, spec }] of bundle.jobs.entries()) {
      progress.update(`verifying ${index}/${bundle.jobs.length}`, index / bundle.jobs.length)
      if (done.has(spec.name)) {
        report.present++
        continue
      }
      const rules = spec.options?.save ?? bundle.spec.options.save
      const verified = await verifyJob(join(folder, name), rules, context.signal)
      if (verified.kind === 'open') report.open.push({ job: spec.name, why: verified.why })
      else if (verified.kind === 'damaged') report.damaged.push({ job: spec.name, why: verified.problems.join('; ') })
      else if (bringing === null) report.imported++
      else {
        const item = importItem(bringing, spec, verified.result)
        await bringFiles(bringing, item.attempt, verified.result)
        items.push(item)
        if (items.length >= commitItems) await flush()
      }
    }
    await flush()
  } finally {
    progress.clear()
  }
}

async function succeededJobs({ context, head, jobset }: Bringing): Promise<Set<string>> {
  const { jobs } = await listJobs(context, head, jobset, { state: 'succeeded', limit: Number.POSITIVE_INFINITY })
  return new Set(jobs.map(({ name }) => name))
}

function count(report: Report, items: readonly ImportItem[], verdicts: ReadonlyMap<string, Verdict>): void {
  for (const { attempt, job } of items) {
    const verdict = verdicts.get(attempt)
    switch (verdict) {
      case 'committed':
        report.imported++
        break
      case 'duplicate':
        report.present++
        break
      default:
        report.refused.push({ job, why: whyRefused[verdict ?? 'unknown'] })
    }
  }
}

const whyRefused: Readonly<Record<Exclude<Verdict, 'committed' | 'duplicate'>, string>> = {
  taken: 'it has another result at the head, or was cancelled there; reopen it with `dist retry`',
  running: 'it failed on the cluster, and a node is at work on it',
  different: 'the job of this name at the head has other inputs',
  unknown: 'the jobset at the head has no such job',
}

function tell(context: Context, label: string, report: Report, isDry: boolean): void {
  const parts = [`${counted(report.imported, 'result')} ${isDry ? 'whole' : 'imported'}`]
  if (report.present > 0) parts.push(`${report.present} there already`)
  if (report.damaged.length > 0) parts.push(`${report.damaged.length} damaged`)
  if (report.refused.length > 0) parts.push(`${report.refused.length} refused`)
  if (report.open.length > 0) parts.push(`${report.open.length} without a result`)
  const isGood = report.damaged.length + report.refused.length === 0
  context.print(`${(isGood ? context.out.green : context.out.red)(label)}: ${parts.join(', ')}`)
  for (const list of [report.damaged, report.refused]) some(context, list, (line) => context.print(line))
  some(context, report.open, (line) => context.note(context.err.dim(line)))
  if (report.open.length > 0) context.note(context.err.dim('run `dist import` again when they have ended'))
  else if (!isDry && isGood) context.note(context.err.dim(`fetch the results with: dist pull ${label}`))
}

function some(context: Context, list: readonly Told[], write: (line: string) => void): void {
  for (const { job, why } of list.slice(0, shownOfKind)) write(`  ${oneLine(job)}: ${oneLine(why)}`)
  if (list.length > shownOfKind) write(`  … and ${list.length - shownOfKind} more`)
  context.signal.throwIfAborted()
}
