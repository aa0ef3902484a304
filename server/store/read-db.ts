// The type of a read connection; the package itself is imported by this folder alone.
import type Database from 'better-sqlite3'

export type ReadDb = Database.Database
