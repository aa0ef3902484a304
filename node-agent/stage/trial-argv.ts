// What is started for a trial: `setup`, then its command or what its jobset's kind runs, in one shell and in `workdir`
// (docs/search.md). Called by argv.ts.
import type { TrialRules } from '../../shared/model/trial.ts'
import { shellQuoted } from '../../shared/trial/fill.ts'

interface TrialCommand {
  /** for the shell; null where `program` is run */
  readonly command: string | null
  readonly program: readonly string[] | null
  /** core count and arguments */
  readonly rest: readonly string[]
  /** the workspace, absolute */
  readonly w: string
  /** lines after `setup`; null = none */
  readonly probe: string | null
}

/**
 * No shell where none is needed. Without `-u`: the scripts that activate an environment (conda, module) ask for variables that
 * are not there.
 */
export function trialArgv({ command, program, rest, w, probe }: TrialCommand, { setup, workdir }: TrialRules): string[] {
  if (program !== null && setup === null && workdir === null && probe === null) return [...program, ...rest]
  const lines = [
    ...(workdir === null ? [] : [`cd ${shellQuoted(`./${workdir}`)}`]),
    ...(setup === null ? [] : [setup]),
    ...(probe === null ? [] : [probe]),
    ...(command === null ? [] : [command]),
    ...(program === null ? [] : [`exec ${program.map((word) => shellQuoted(absolute(word, w))).join(' ')} "$@"`]),
  ]
  return ['/bin/sh', '-e', '-c', lines.join('\n'), 'sh', ...rest]
}

/** The program's own script is found from every folder. */
function absolute(word: string, w: string): string {
  return word.startsWith('./') ? `${w}/${word.slice(2)}` : word
}
