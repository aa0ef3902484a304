// Grid Engine's side of a bundle. A key of `sge:` is an option of qsub when it is one (`pe: smp 4`, `q: all.q`), else a resource
// (`h_vmem: 2G` becomes `-l h_vmem=2G`). Pure.
import { DistError } from '../../shared/base/errors.ts'
import { type Asked, plainName, type Scheduler } from './scheduler.ts'

/** Options of qsub that take a value and make sense for a job; ours are left out: -N -o -e -j -t -tc -cwd -S -hold_jid. */
const options: readonly string[] = [
  'A',
  'P',
  'ac',
  'ar',
  'binding',
  'ckpt',
  'dp',
  'js',
  'l',
  'm',
  'M',
  'p',
  'pe',
  'q',
  'r',
  'w',
  'masterq',
  'soft',
  'hard',
]
const words: Readonly<Record<string, string>> = {
  queue: 'q',
  project: 'P',
  account: 'A',
  mail_user: 'M',
  mail_type: 'm',
  priority: 'p',
}
/** Our own limit ends the job first, so that the outcome is `timeout`. s */
const graceful = 60

export const sge: Scheduler = {
  name: 'sge',
  suffix: 'sh',
  single: 'sge_input.sh',
  mark: '#$',
  mostTasks: 10_000,
  surroundings: ['-o logs/'],
  named: (name) => `-N ${plainName(name)}`,
  array: (count, atOnce) => `-t 1-${count}${atOnce === null ? '' : ` -tc ${atOnce}`}`,

  directives({ fields, options: { timeLimit } }) {
    const said = Object.entries(fields)
      .filter(([key]) => key !== 'job_name')
      .map(([key, text]) => directive(key, String(text)))
    const limited = 'h_rt' in fields || timeLimit === null ? [] : [`-l h_rt=${Math.ceil(timeLimit / 1000) + graceful}`]
    return ['-S /bin/sh', '-cwd', '-j y', ...said, ...limited]
  },
}

/** Whether each job gets one core only, although the file asks for more or for all. */
export function lacksEnvironment({ fields, options: { demand } }: Asked): boolean {
  return fields['pe'] === undefined && (demand.cores === 'all' || demand.cores.max > 1)
}

function directive(key: string, text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(key) || /[\u0000-\u001f]/.test(text)) {
    throw new DistError('usage', `sge.${key} cannot be said to qsub`, {
      hint: "write an option of qsub without its dash, or a resource's name",
    })
  }
  const option = words[key] ?? key
  return options.includes(option) ? `-${option} ${text}` : `-l ${key}=${text}`
}
