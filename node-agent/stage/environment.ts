// The environment of builds and jobs (node.md 4): the agent's own without its secrets and without what an outer MPI
// or scheduler runtime left behind, plus what a job may ask about itself.

import { paramVariables } from '../../shared/run/params.ts'
import { isInheritedByMistake } from '../../shared/trial/talk-back.ts'
import type { Work } from '../core/work.ts'
import type { Environment } from '../launcher/messages.ts'

const secrets = [/^DIST_TOKEN$/, /^DIST_.*JOIN/, /^DIST_AGENT_/, /^DIST_HEAD$/]

/** What every job inherits from the agent. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): Environment {
  const kept: Record<string, string> = {}
  for (const [key, value] of Object.entries(env)) {
    if (value === undefined || isInheritedByMistake(key, 'job') || secrets.some((rule) => rule.test(key))) continue
    kept[key] = value
  }
  return kept
}

export interface JobsetFacts {
  /** the workspace */
  readonly w: string
  /** namespace/batch */
  readonly jobset: string
  readonly node: string
  /** jobs run in a container, where input and distribute_save have paths of their own */
  readonly container: boolean
  /** of a search */
  readonly trials: boolean
}

/** The same for all jobs of a jobset. `PYTHONUNBUFFERED`: else stdout and stderr come late and out of order. */
export function jobsetEnvironment(inherited: Environment, facts: JobsetFacts): Environment {
  const root = facts.container ? '' : facts.w
  const kept = Object.entries(inherited).filter(([name]) => !facts.trials || !isInheritedByMistake(name, 'trial'))
  return {
    PYTHONUNBUFFERED: '1',
    ...Object.fromEntries(kept),
    PWD: facts.w,
    DIST_JOBSET: facts.jobset,
    DIST_NODE: facts.node,
    DIST_SAVE_DIR: `${root}/distribute_save`,
    DIST_INPUT_DIR: `${root}/input`,
  }
}

/**
 * What differs from attempt to attempt. A job's own variables replace ours, except DIST_*: others rely on those. `gpus` of the
 * node: where there are some, a job that was granted none sees none, or it would take those of others. `trial`: what a trial gets
 * beside (trial-place.ts), its parameters among it.
 */
export function attemptEnvironment(
  inherited: Environment,
  work: Exclude<Work, { kind: 'adopted' }>,
  gpus: number,
  trial: Environment | null = null,
): Environment {
  const threads = 'OMP_NUM_THREADS' in inherited ? {} : { OMP_NUM_THREADS: String(work.cores) }
  const ours = { DIST_CORES: String(work.cores), DIST_ATTEMPT: work.id }
  if (work.kind === 'build') return { ...threads, ...ours }
  return {
    ...threads,
    ...(work.gpus.length === 0 && gpus === 0 ? {} : { CUDA_VISIBLE_DEVICES: work.gpus.join(',') }),
    ...Object.fromEntries(Object.entries(work.env).filter(([name]) => !name.startsWith('DIST_'))),
    ...ours,
    ...(trial ?? (work.params === null ? {} : paramVariables(work.params))),
    DIST_JOB: work.jobName,
  }
}

const batchMode = '-o BatchMode=yes -o IdentitiesOnly=yes'

/** Builds alone get the owner's key (node.md 4). `key`: absolute path, or null. No git of ours ever asks a question. */
export function buildEnvironment(inherited: Environment, key: string | null): Environment {
  const quiet = { GIT_TERMINAL_PROMPT: '0' }
  if (key !== null) return { ...quiet, GIT_SSH_COMMAND: `ssh -i '${key.replaceAll("'", "'\\''")}' ${batchMode}` }
  return 'GIT_SSH_COMMAND' in inherited ? quiet : { ...quiet, GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' }
}
