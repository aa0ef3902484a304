// `dist search show X`: a search as a whole.
import type { JobsetReply, SearchReply, TrialReply } from '../../shared/api/types.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'
import { resolveTarget } from '../local/resolve-target.ts'
import { exitCode } from '../program/exit-code.ts'
import { printFacts } from '../render/facts.ts'
import { jobsetLabel, statePaint } from '../render/labels.ts'
import { numberShown } from '../render/number-shown.ts'
import { isUnicode, progressBar } from '../render/progress.ts'
import { oneLine } from '../render/text-width.ts'
import { endedTrials, progressParts } from '../results/search-text.ts'
import { paramShown } from '../results/value-shown.ts'

/** --json: `{search, best}`: the API's replies; `best` is the best trial, null while there is none. */
export async function showSearch(context: Context, text: string | undefined): Promise<number> {
  const { jobset } = await resolveTarget(context, 'look', text, 'jobset')
  const { searches } = await context.head()
  const search = await context.patiently('look', () => searches.search(jobset.id, context.signal))
  const best = search.best === null ? null : await trialOf(context, jobset.id, search.best.trial)
  context.value({ search, best })
  if (context.json) return exitCode.done
  context.print(context.out.bold(jobsetLabel(jobset)))
  printFacts(context, facts(context, jobset, search, best))
  context.note(context.err.dim(`next: dist results ${jobsetLabel(jobset)}`))
  return exitCode.done
}

async function trialOf(context: Context, jobset: number, number: number): Promise<TrialReply | null> {
  const { searches } = await context.head()
  const page = { after: number - 1, limit: 1 }
  const { trials } = await context.patiently('look', () => searches.trials(jobset, page, context.signal))
  return trials.find(({ trial }) => trial === number) ?? null
}

type Fact = readonly [name: string, value: string]

function facts(context: Context, jobset: JobsetReply, search: SearchReply, best: TrialReply | null): Fact[] {
  const { state, reason, metrics, params, front } = search
  const done = endedTrials(search)
  const fraction = search.total === 0 ? 1 : done / search.total
  const bar = progressBar(fraction, 20, isUnicode(context.io.env))
  const painted = statePaint(context.out, state === 'done' ? jobset.state : 'active')(state)
  const counts = Object.entries(search.counts).flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : []))
  const took = (jobset.finishedAt ?? context.now()) - jobset.submittedAt
  const lines: Fact[] = [
    ['state', `${painted}${reason === null || reason === 'complete' ? '' : `: ${reasons[reason]}`}`],
    ['progress', `${bar} ${Math.floor(fraction * 100)} %, ${progressParts(search).join(', ')}, ${formatDuration(Math.max(0, took))}`],
    ['trials', [...counts, ...(search.open > 0 ? [`${search.open} open`] : [])].join(', ') || 'none'],
    ['algorithm', `${search.algorithm}, seed ${search.seed}`],
    ['parameters', oneLine(params.join(', '))],
    [
      'metrics',
      metrics.length === 0
        ? 'none: a trial succeeds when its job does'
        : oneLine(metrics.map(({ name, mode }) => `${name} (${mode})`).join(', ')),
    ],
  ]
  if (search.problem !== null) {
    lines.push(['problem', oneLine(search.problem.message)])
    if (search.problem.hint !== null) lines.push(['', oneLine(search.problem.hint)])
  }
  for (const [i, notice] of search.notices.entries()) lines.push([i === 0 ? 'notices' : '', oneLine(notice)])
  if (front.length > 0) lines.push(['front', `${front.length} trials: dist results ${jobsetLabel(jobset)} --pareto`])
  return best === null ? lines : [...lines, ...bestFacts(search, best)]
}

const reasons = {
  stopped: 'it was stopped',
  failed: 'it failed',
  exhausted: 'the algorithm has nothing more to try',
} as const

function bestFacts({ metrics }: SearchReply, { label, params, values }: TrialReply): Fact[] {
  const measured = metrics.map(({ name }, k) => `${name} ${numberShown(values?.[k] ?? Number.NaN)}`)
  const given = (params ?? []).map(([name, value]): Fact => ['', oneLine(`${name} = ${paramShown(value)}`)])
  return [['best', oneLine(`${label}: ${measured.join(', ')}`)], ...given]
}
