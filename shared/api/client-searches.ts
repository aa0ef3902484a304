// Typed calls for searches: state, trials, extending, stopping, running failed trials again. A part of client.ts.
import type { SearchParam } from '../model/domain.ts'
import type { HttpClient } from '../net/http.ts'
import type { SearchReply, TrialReply } from './types.ts'

export interface TrialsPage {
  /** number of the last trial seen, -1 for the first page */
  readonly after?: number
  /** only trials that ended after this revision of the search, in the order of their ends */
  readonly since?: number
  readonly limit?: number
}

export class SearchClient {
  readonly #http: HttpClient

  constructor(http: HttpClient) {
    this.#http = http
  }

  search(jobset: number, signal?: AbortSignal): Promise<SearchReply> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}/search`, signal })
  }

  trials(
    jobset: number,
    page: TrialsPage,
    signal?: AbortSignal,
  ): Promise<{ readonly trials: readonly TrialReply[]; readonly more: boolean }> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}/search/trials`, query: { ...page }, signal })
  }

  /** Compiled, in the order of the file. */
  space(jobset: number, signal?: AbortSignal): Promise<{ readonly params: readonly SearchParam[] }> {
    return this.#http.json({ method: 'GET', path: `/jobsets/${jobset}/search/space`, signal })
  }

  /** Sent once: an answer that is lost leaves it open whether they were added. */
  extend(jobset: number, samples: number, signal?: AbortSignal): Promise<SearchReply> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/search/extend`, body: { samples }, signal, once: true })
  }

  /** `cancel`: also what runs. */
  stop(jobset: number, cancel: boolean, signal?: AbortSignal): Promise<SearchReply> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/search/stop`, body: { cancel }, signal })
  }

  retry(jobset: number, signal?: AbortSignal): Promise<{ readonly trials: number }> {
    return this.#http.json({ method: 'POST', path: `/jobsets/${jobset}/search/retry`, signal })
  }
}
