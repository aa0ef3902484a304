// The ordinary job that stands for a trial: what it runs with its values filled in. Pure.
import type { InputFile, JobSpec } from '../../shared/model/jobset.ts'
import type { SearchSpec } from '../../shared/model/search.ts'
import type { Params } from '../../shared/model/value.ts'
import { trialLabel } from '../../shared/search/names.ts'
import { fillArgs, fillCommand } from '../../shared/trial/fill.ts'

/** Its options are those of its jobset, which a search gives; arguments differ where they name parameters. */
export function trialSpec(search: SearchSpec<InputFile>, number: number, params: Params): JobSpec {
  const label = trialLabel(search.label, number)
  const args = fillArgs(search.options.args, params)
  return {
    name: label,
    script: search.script,
    run: search.command === null ? null : fillCommand(search.command, params),
    files: [],
    slurm: search.jobType === 'slurm' ? search.scheduler : null,
    needs: [],
    options: args.every((arg, index) => arg === search.options.args[index]) ? null : { args },
    trial: { number, label, params },
  }
}
