// Puts the searches of the head together: drivers, rows, and the Python that has the optimisers. Called by app.ts.
import type { HeadLoop } from './loop/head-loop.ts'
import type { HeadService } from './loop/head-service.ts'
import type { ReadDb } from './ports/read-db.ts'
import { LateOptimiser } from './search/late-optimiser.ts'
import { SearchService } from './search/search-service.ts'
import { toSuggestSearch } from './search/to-suggest.ts'
import { searchReads } from './store/reads/searches.ts'
import { suggestCommand } from './suggest/suggest-command.ts'
import { Suggester } from './suggest/suggester.ts'

export interface SearchSideDependencies {
  readonly loop: HeadLoop
  readonly head: HeadService
  readonly db: ReadDb
  /** the interpreter, as it is now */
  readonly python: () => Promise<string>
  readonly warn: (message: string) => void
}

/** After the loop was started. */
export function startSearches({ loop, head, db, python, warn }: SearchSideDependencies): SearchService {
  const searches = new SearchService({
    loop,
    head,
    reads: searchReads(db),
    optimiserOf: (run, onNotice) =>
      new LateOptimiser(async () => {
        const command = suggestCommand(await python(), process.env)
        return new Suggester({ command, search: toSuggestSearch(run.spec, run.search.seed), history: () => run.history.slice(), onNotice })
      }),
    warn,
  })
  loop.searches = searches
  searches.start()
  return searches
}
