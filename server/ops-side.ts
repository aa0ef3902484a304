// Puts together what keeps the head in order: backup, verify. Called by http-side.ts and by tests of the routes.
import { randomBytes } from 'node:crypto'
import type { Clock } from '../shared/base/clock.ts'
import { packTar } from '../shared/files/tar-pack.ts'
import type { BlobStore } from './blobs/blob-store.ts'
import { backupEntries } from './ops/backup.ts'
import { begun } from './ops/begun.ts'
import type { DataPaths } from './ops/data-paths.ts'
import { Gate } from './ops/gate.ts'
import { verifyStream } from './ops/verify.ts'
import type { DiskSpace } from './ports/disk-space.ts'
import type { Ops } from './ports/ops.ts'
import type { ResultPlaces } from './ports/result-places.ts'
import type { ResultReader } from './results/result-reader.ts'
import { openForReading } from './store/open-database.ts'
import { keptReads } from './store/reads/kept.ts'
import { resultPlaces } from './store/reads/result-places.ts'
import { takeSnapshot } from './store/take-snapshot.ts'

export interface OpsSideDependencies {
  readonly folder: DataPaths
  readonly head: { readonly id: string; readonly version: string }
  readonly places: ResultPlaces
  readonly reader: ResultReader
  readonly blobs: BlobStore
  readonly space: DiskSpace
  readonly clock: Clock
}

export function buildOps(deps: OpsSideDependencies): Ops {
  const { folder, head, places, reader, blobs, space, clock } = deps
  const gate = new Gate()
  const verifies = new Gate()
  const backup = {
    folder,
    head,
    gate,
    space,
    places,
    now: () => clock.wall(),
    newId: () => randomBytes(16).toString('hex'),
    copy: (target: string, signal: AbortSignal) => takeSnapshot({ database: folder.database, target }, signal),
    openCopy(file: string) {
      const db = openForReading(file)
      return { kept: keptReads(db), places: resultPlaces(db), close: () => void db.close() }
    },
    openFile: reader.open.bind(reader),
    blobPath: blobs.pathOf.bind(blobs),
  }
  return {
    backup: async (signal) => packTar(await begun(backupEntries(backup, signal), signal)),
    verify: (signal) => verifyStream(folder.root, verifies, signal),
  }
}
