// Scripts that a scheduler gets, and the one that submits them. Pure.
import type { BundlePlan, Group, PlannedJob } from './plan-bundle.ts'
import type { Scheduler } from './scheduler.ts'
import { shWord } from './sh-text.ts'

/** Name of a group's script: `slurm_array_1.sl`. */
export function arrayScriptName(scheduler: Scheduler, group: Group<unknown>): string {
  return `${scheduler.name}_array_${group.number}.${scheduler.suffix}`
}

export function groupListName(group: Group<unknown>): string {
  return `groups/${group.number}.list`
}

function head(scheduler: Scheduler, options: readonly string[]): string[] {
  return ['#!/bin/sh', ...options.map((option) => `${scheduler.mark} ${option}`), '']
}

/** Where what the scheduler itself says goes, unless the file says where. */
function surroundings(scheduler: Scheduler, directives: readonly string[]): readonly string[] {
  return directives.some((word) => word.startsWith('--output=')) ? [] : scheduler.surroundings
}

export function arrayScript(scheduler: Scheduler, plan: BundlePlan<unknown>, group: Group<unknown>, atOnce: number | null): string {
  const count = Math.min(group.jobs.length, scheduler.mostTasks)
  const options = [
    scheduler.named(plan.name),
    ...group.directives,
    ...surroundings(scheduler, group.directives),
    scheduler.array(count, atOnce),
  ]
  return [
    ...head(scheduler, options),
    '# one job a task; in the folder of the bundle',
    `exec sh dist/task.sh list ${groupListName(group)}`,
    '',
  ].join('\n')
}

/** One job alone, submitted in its folder or in that of the bundle. */
export function singleScript(scheduler: Scheduler, job: PlannedJob<unknown>): string {
  const options = [scheduler.named(job.name), ...scheduler.directives(job.asked)]
  return [...head(scheduler, options), '[ -f dist/task.sh ] || cd ..', `exec sh dist/task.sh one ${shWord(job.folder)}`, ''].join('\n')
}

export function buildScript(scheduler: Scheduler, plan: BundlePlan<unknown>): string {
  const directives = scheduler.directives(plan.asked)
  const options = [
    scheduler.named(`${plan.name}-build`),
    ...directives,
    ...surroundings(scheduler, directives).map((word) => word.replace('%A_%a', '%j')),
  ]
  return [...head(scheduler, options), 'exec sh dist/build.sh', ''].join('\n')
}

/** Submits the build and the arrays, level by level; the functions are posix/schedule.sh. */
export function scheduleScript(scheduler: Scheduler, plan: BundlePlan<unknown>, hasBuild: boolean, atOnce: number | null): string {
  const arrays = plan.groups.flatMap((group, index) => {
    const isNext = index > 0 && plan.groups[index - 1]?.level !== group.level
    return [...(isNext ? ['next_level'] : []), `array ${arrayScriptName(scheduler, group)} ${group.jobs.length}`]
  })
  const lines = [
    '#!/bin/sh',
    '# submits everything that has not succeeded; may be repeated',
    'set -eu',
    'cd "$(dirname "$0")"',
    `# jobs of one array that run at once; empty = no limit`,
    `throttle=${atOnce ?? ''}`,
    '. dist/submit.sh',
    '. dist/schedule.sh',
    ...(hasBuild ? [`build build.${scheduler.suffix}`] : []),
    ...arrays,
  ]
  return `${lines.join('\n')}\n`
}
