// A search needs a head that goes on making its trials. Called by the commands that work without one.
import { DistError } from '../../shared/base/errors.ts'
import type { Jobset } from '../../shared/model/jobset.ts'

/** Throws `usage`. `what` is the command as it was typed; `why` ends the sentence. */
export function refuseSearch({ search }: Pick<Jobset<unknown>, 'search'>, what: string, why: string): void {
  if (search === undefined) return
  throw new DistError('usage', `${what} cannot run a search: ${why}`, {
    hint: 'send it to a head: dist add, or dist up for one that ends with the command',
  })
}
