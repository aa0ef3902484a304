// `dist check` (= `dist add --dry`): everything that `add` would check, without a head; with one, also who could run it.
import type { NodeReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { unmet } from '../../shared/model/capability.ts'
import { trialCount } from '../../shared/search/trial-count.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { counted, jobsetLabel } from '../render/labels.ts'
import { countFiles, type Prepared, prepare } from '../submit/prepare.ts'

export interface CheckOptions {
  readonly showCaps?: boolean
}

/**
 * --json: `{namespace, batch, jobs, files, problems, nodes}`; `jobs` of a search are its trials; `nodes` is null without a head, else
 * `{total, able: [name], closest: {name, missing: [word]} | null}`.
 */
export function check(context: Context, name: string | undefined, options: CheckOptions): Promise<number> {
  return report(context, prepare(context, name), options)
}

/** Of a file that was read. Also used by `dist add --dry`. */
export async function report(context: Context, { jobset, shown, problems }: Prepared, options: CheckOptions): Promise<number> {
  const { namespace, batchName: batch, capabilities } = jobset.meta
  const files = countFiles(jobset)
  const jobs = jobset.search === undefined ? jobset.jobs.length : trialCount(jobset.search)
  const what = counted(jobs, jobset.search === undefined ? 'job' : 'trial')
  context.print(`${shown}: ok, ${jobsetLabel({ namespace, batch })} with ${what} and ${counted(files, 'file')}`)
  const known = await knownNodes(context, options.showCaps === true)
  const nodes = known === null ? null : judge(known, capabilities)
  context.value({ namespace, batch, jobs, files, problems, nodes })
  if (nodes !== null) {
    if (nodes.able.length > 0) context.print(`${nodes.able.length} of ${counted(nodes.total, 'node')} can run it: ${nodes.able.join(', ')}`)
    else if (nodes.total === 0) context.warn('the head knows no node yet', '`dist node invite` prints the line that adds one')
    else warnNobody(context, nodes.closest)
  }
  if (options.showCaps === true && known !== null) {
    for (const node of known) context.print(`${node.name}: ${node.capabilities.join(', ')}`)
  }
  return exitCode.done
}

interface Judgement {
  readonly total: number
  readonly able: readonly string[]
  readonly closest: { readonly name: string; readonly missing: readonly string[] } | null
}

function judge(nodes: readonly NodeReply[], capabilities: readonly string[]): Judgement {
  const missing = nodes.map((node) => ({ name: node.name, missing: unmet(node.capabilities, capabilities) }))
  const able = missing.filter((node) => node.missing.length === 0).map((node) => node.name)
  const [closest] = missing.toSorted((a, b) => a.missing.length - b.missing.length)
  return { total: nodes.length, able, closest: able.length > 0 ? null : (closest ?? null) }
}

function warnNobody(context: Context, closest: Judgement['closest']): void {
  const hint = closest === null ? undefined : `${closest.name} comes closest: it lacks ${closest.missing.join(', ')}`
  context.warn('no known node has all capabilities of this jobset', hint)
}

/** Null when there is no head; only --show-caps insists on one. */
async function knownNodes(context: Context, insists: boolean): Promise<readonly NodeReply[] | null> {
  try {
    const head = await context.head()
    // a file is checked at once, also where no head answers
    return (await (insists ? context.patiently('look', () => head.nodes(context.signal)) : head.nodes(context.signal))).nodes
  } catch (error) {
    context.signal.throwIfAborted()
    if (insists || !(error instanceof DistError)) throw error
    return null
  }
}
