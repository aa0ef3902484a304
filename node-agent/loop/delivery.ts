// Gathers what attempts left and ships what is large. Answers the core's `collect` and `ship`.
import { join } from 'node:path'
import { errorMessage } from '../../shared/base/errors.ts'
import type { AttemptId } from '../../shared/model/ids.ts'
import type { HttpClient } from '../../shared/net/http.ts'
import type { Event } from '../core/event.ts'
import type { Exit } from '../core/work.ts'
import type { Bearer } from '../head/bearer.ts'
import { shipResult } from '../head/results.ts'
import { collect, type Parcel } from '../stage/collect.ts'
import type { Listening } from './listening.ts'

export interface DeliveryParts {
  readonly http: HttpClient
  readonly bearer: Bearer
  readonly attempts: string
  readonly listening: Pick<Listening, 'drain'>
  readonly signal: AbortSignal
  readonly dispatch: (event: Event) => void
}

export class Delivery {
  readonly #parts: DeliveryParts
  /** made once, kept until it is shipped */
  readonly #parcels = new Map<AttemptId, Parcel>()

  constructor(parts: DeliveryParts) {
    this.#parts = parts
  }

  async collect(id: AttemptId, exit: Exit): Promise<void> {
    const { attempts, signal, dispatch, listening } = this.#parts
    try {
      const unkept = await listening.drain(id)
      const { left, parcel } = await collect(join(attempts, id), unkept === null ? exit : noted(exit, unkept), signal)
      if (parcel !== null) this.#parcels.set(id, parcel)
      dispatch({ kind: 'collected', id, left })
    } catch (error) {
      if (signal.aborted) return
      const notices = [`the results could not be gathered: ${errorMessage(error)}`]
      dispatch({ kind: 'collected', id, left: { body: { kind: 'none' }, notices, problem: null, trial: null } })
    }
  }

  async ship(id: AttemptId, exit: Exit): Promise<void> {
    const { http, bearer, attempts, signal, dispatch } = this.#parts
    try {
      const parcel = this.#parcels.get(id) ?? (await collect(join(attempts, id), exit, signal)).parcel
      if (parcel === null) throw new Error('its folder is gone')
      this.#parcels.set(id, parcel)
      const end = await shipResult(http, bearer, id, parcel, signal)
      switch (end.kind) {
        case 'shipped':
          this.#parcels.delete(id)
          dispatch({ kind: 'shipped', id })
          break
        case 'paused':
          dispatch({ kind: 'ship_paused', id })
          break
        case 'refused':
          dispatch({ kind: 'ship_refused', id, reason: end.reason })
      }
    } catch (error) {
      if (!signal.aborted) dispatch({ kind: 'ship_refused', id, reason: errorMessage(error) })
    }
  }

  /** The attempt is over. */
  done(id: AttemptId): void {
    this.#parcels.delete(id)
  }
}

function noted(exit: Exit, notice: string): Exit {
  return { ...exit, notices: [...exit.notices, notice] }
}
