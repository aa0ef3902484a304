// The environment of builds and jobs (node.md 4): the agent's own without its secrets and without what an outer MPI
// or scheduler runtime left behind, plus what a job may ask about itself.
import type { Environment } from '../launcher/messages.ts'

const secrets = [/^DIST_TOKEN$/, /^DIST_.*JOIN/, /^DIST_AGENT_/, /^DIST_HEAD$/]
/** left by an outer batch system; a job that saw them would talk to the wrong runtime */
const foreign = [/RUNTK/, /^SOCNAME$/, /^MSGFILE$/, /^SGLFILE$/]

/** What every job inherits from the agent. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): Environment {
  const kept: Record<string, string> = {}
  for (const [key, value] of Object.entries(env)) {
    if (value === undefined || [...secrets, ...foreign].some((rule) => rule.test(key))) continue
    kept[key] = value
  }
  return kept
}

/** The same for all jobs of a jobset in workspace `w`. `PYTHONUNBUFFERED`: else stdout and stderr come late and out of order. */
export function jobsetEnvironment(inherited: Environment, facts: { w: string; jobset: string; node: string }): Environment {
  return {
    PYTHONUNBUFFERED: '1',
    ...inherited,
    PWD: facts.w,
    DIST_JOBSET: facts.jobset,
    DIST_NODE: facts.node,
    DIST_SAVE_DIR: `${facts.w}/distribute_save`,
    DIST_INPUT_DIR: `${facts.w}/input`,
  }
}

/** What differs from attempt to attempt; a build has no job name. */
export function attemptEnvironment(inherited: Environment, facts: { id: string; cores: number; jobName: string | null }): Environment {
  return {
    ...('OMP_NUM_THREADS' in inherited ? {} : { OMP_NUM_THREADS: String(facts.cores) }),
    DIST_CORES: String(facts.cores),
    DIST_ATTEMPT: facts.id,
    ...(facts.jobName === null ? {} : { DIST_JOB: facts.jobName }),
  }
}
