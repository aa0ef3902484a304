// Ids of attempts and builds: 32 hex digits, 12 of the wall clock's ms and 20 of chance. Those of one group lie beside each
// other in the table's tree then, so that a commit touches two or three pages of it and not one for each attempt.
import { randomFillSync } from 'node:crypto'
import type { AttemptId } from '../../shared/model/ids.ts'

const chanceBytes = 10
/** One call to the system's generator serves many ids. */
const pool = Buffer.allocUnsafe(chanceBytes * 400)
let used = pool.length

/** A fresh id; `now` wall ms. A clock that goes back costs the order, never the uniqueness: that is in the 80 random bits. */
export function newAttemptId(now: number = Date.now()): AttemptId {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const chance = pool.toString('hex', used, used + chanceBytes)
  used += chanceBytes
  return (Math.max(0, Math.floor(now)).toString(16).padStart(12, '0').slice(-12) + chance) as AttemptId
}
