// What arrives at a keeper: the agent's orders and the launcher's two of its own. Lists come from processes of this account
// through the launcher, so that only what becomes a path is looked at here. Called by main.ts and keeper.ts.
import type { KeeperOrder } from '../launcher/messages.ts'

interface StopOrder {
  readonly op: 'stop'
  /** seconds */
  readonly grace: number
}

interface RetireOrder {
  readonly op: 'retire'
}

export type Order = KeeperOrder | StopOrder | RetireOrder

/** Null for what is no order at all; an order of a newer agent is passed over by the keeper. */
export function asOrder(value: unknown): Order | null {
  return typeof value === 'object' && value !== null && 'op' in value ? (value as Order) : null
}

/** What is wrong with an attempt's id, or null: it becomes a folder's name. */
export function idProblem(id: string): string | null {
  return /^[A-Za-z0-9_-]+$/.test(id) ? null : `bad attempt id ${JSON.stringify(id)}`
}
