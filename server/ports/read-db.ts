// A connection that sees every committed transaction and can change nothing.
export type { ReadDb } from '../store/read-db.ts'
