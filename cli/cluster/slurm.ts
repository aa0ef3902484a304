// Slurm's side of a bundle: `slurm:` fields and what `resources` and `time_limit` add to them (reference of the original: the order
// and the names of the twelve fields, and that others are ignored). Pure.
import { DistError } from '../../shared/base/errors.ts'
import type { Asked, Scheduler } from './scheduler.ts'

/** In the order in which they are written; `job_name` comes first, by `named`. */
const fieldNames = [
  'output',
  'nodes',
  'ntasks',
  'cpus_per_task',
  'mem_per_cpu',
  'hint',
  'time',
  'partition',
  'account',
  'mail_user',
  'mail_type',
] as const

/** Our own limit ends the job first, so that the outcome is `timeout`. ms */
const graceful = 60_000

export const slurm: Scheduler = {
  name: 'slurm',
  suffix: 'sl',
  single: 'slurm_input.sl',
  mark: '#SBATCH',
  mostTasks: 1000,
  surroundings: ['--output=logs/%x-%A_%a.out'],
  named: (name) => `--job-name=${value('job_name', name)}`,
  array: (count, atOnce) => `--array=1-${count}${atOnce === null ? '' : `%${atOnce}`}`,

  directives({ fields, options }) {
    const words = fieldNames.flatMap((name) => {
      const text = fields[name]
      return text === undefined ? [] : [`--${name.replaceAll('_', '-')}=${value(name, String(text))}`]
    })
    return [...words, ...added(fields, options)]
  },
}

/** What the fields do not say already. */
function added(fields: Asked['fields'], { demand, timeLimit }: Asked['options']): string[] {
  const words: string[] = []
  if (fields['ntasks'] === undefined && fields['cpus_per_task'] === undefined) {
    if (demand.cores === 'all') words.push(...(fields['nodes'] === undefined ? ['--nodes=1'] : []), '--exclusive')
    else words.push(`--cpus-per-task=${demand.cores.max}`)
  }
  if (demand.memory !== null && fields['mem_per_cpu'] === undefined) words.push(`--mem=${Math.ceil(demand.memory / 2 ** 20)}M`)
  if (demand.gpus > 0) words.push(`--gres=gpu:${demand.gpus}`)
  if (timeLimit !== null && fields['time'] === undefined) words.push(`--time=${Math.ceil((timeLimit + graceful) / 60_000)}`)
  return words
}

function value(field: string, text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f"]/.test(text)) {
    throw new DistError('usage', `slurm.${field} has a quote or a control character: ${JSON.stringify(text)}`, { hint: 'write it without' })
  }
  return /[\s#\\']/.test(text) ? `"${text}"` : text
}
