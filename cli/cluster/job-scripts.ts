// The scripts of one job in a bundle: what it is (job.sh), what it starts (run.sh). Pure.
import type { Kind } from '../../shared/model/jobset.ts'
import { paramVariables } from '../../shared/run/params.ts'
import { type Program, programArgv } from '../../shared/run/program-argv.ts'
import type { PlannedJob } from './plan-bundle.ts'
import { shValue, shWord } from './sh-text.ts'

/** Words that a script finds out where it runs; no text of a jobset file is one of them. */
const found = { '\0container': '"$DIST_CONTAINER"', '\0binds': '"$DIST_BINDS"', '\0image': '"$DIST_IMAGE"' } as const

/** Read by dist/task.sh. */
export function jobFacts({ job, options, needs }: PlannedJob<unknown>): string {
  const limit = options.timeLimit === null ? '' : String(options.timeLimit / 1000)
  return [
    `job=${shValue(job.name)}`,
    '# seconds until it gets SIGTERM, 10 more until SIGKILL; empty = none',
    `limit=${limit}`,
    `nice=${options.nice}`,
    '# folders of the jobs that must have succeeded, a line each',
    `needs=${shValue(needs.join('\n'))}`,
    '',
  ].join('\n')
}

export interface Runs {
  readonly kind: Kind
  /** it asks for GPUs, or its capabilities do */
  readonly nv: boolean
}

/** Started by dist/task.sh in the workspace with the core count: the same program and variables as on a node. */
export function runScript({ job, options }: PlannedJob<unknown>, runs: Runs): string {
  const own = Object.entries(options.env).filter(([name]) => !name.startsWith('DIST_'))
  const params = Object.keys(options.params).length === 0 ? {} : paramVariables(JSON.stringify(options.params))
  const variables = { ...Object.fromEntries(own), ...params, DIST_JOB: job.name }
  const words = programArgv(program(job.run, runs)).map((word) => (found as Readonly<Record<string, string>>)[word] ?? shWord(word))
  return [
    '#!/bin/sh',
    '# in the workspace, with the core count; started by dist/task.sh',
    ...Object.entries(variables).map(([name, text]) => `${name}=${shValue(text)}\nexport ${name}`),
    `exec ${[...words, '"$1"', ...options.args.map(shWord)].join(' ')}`,
    '',
  ].join('\n')
}

function program(run: string | null, { kind, nv }: Runs): Program {
  switch (kind) {
    case 'python':
      return { kind }
    case 'shell':
      return { kind, command: run ?? '' }
    case 'apptainer':
      return { kind, nv, container: '\0container', binds: '\0binds', image: '\0image' }
  }
}
