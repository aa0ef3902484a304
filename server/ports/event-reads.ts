// The event log as those who follow it read it. Implemented by store/reads.
import type { Event } from '../../shared/model/event.ts'

export interface EventReads {
  /** `oldest`: first event kept; `newest`: last ever written, kept or not. 0 and 0 before the first one. */
  bounds(): { oldest: number; newest: number }
  /** in order, those after `seq`, of one jobset or of all */
  after(seq: number, jobset: number | null, limit: number): Event[]
}
