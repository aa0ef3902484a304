// Puts together what keeps the head in order: backup, verify, gc, retention, quota. Called by http-side.ts and by tests of
// the routes.
import { randomBytes } from 'node:crypto'
import type { Clock } from '../shared/base/clock.ts'
import { packTar } from '../shared/files/tar-pack.ts'
import type { BlobStore } from './blobs/blob-store.ts'
import { type BackupDependencies, backupEntries } from './ops/backup.ts'
import { begun } from './ops/begun.ts'
import type { CollectDependencies } from './ops/collect.ts'
import { collectStream } from './ops/collect-stream.ts'
import type { DataPaths } from './ops/data-paths.ts'
import { Gate } from './ops/gate.ts'
import { assertQuota } from './ops/quota.ts'
import type { Settings } from './ops/settings.ts'
import { tidy } from './ops/tidy.ts'
import { type StartVerify, verifyInThread, verifyStream } from './ops/verify.ts'
import type { DiskSpace } from './ports/disk-space.ts'
import type { DraftReads } from './ports/draft-reads.ts'
import type { Ops } from './ports/ops.ts'
import type { ReadDb } from './ports/read-db.ts'
import type { ResultPlaces } from './ports/result-places.ts'
import type { Store } from './ports/store.ts'
import type { Incoming } from './results/incoming.ts'
import type { LiveLogs } from './results/live-logs.ts'
import type { ResultReader } from './results/result-reader.ts'
import { openForReading } from './store/open-database.ts'
import { expirable } from './store/reads/expirable.ts'
import { keptReads } from './store/reads/kept.ts'
import { knownNames } from './store/reads/known-names.ts'
import { namespaceUse } from './store/reads/namespaces.ts'
import { resultPlaces } from './store/reads/result-places.ts'
import { takeSnapshot, takeUnused } from './store/run-thread.ts'

export interface OpsSideDependencies {
  readonly folder: DataPaths
  readonly head: { readonly id: string; readonly version: string }
  readonly db: ReadDb
  readonly store: Store
  readonly settings: Settings
  readonly drafts: DraftReads
  readonly places: ResultPlaces
  readonly reader: ResultReader
  readonly blobs: BlobStore
  readonly incoming: Incoming
  readonly logs: LiveLogs
  readonly space: DiskSpace
  readonly clock: Clock
  /** work that takes a thread of its own */
  readonly threads: OpsThreads
}

export interface OpsThreads {
  readonly copy: BackupDependencies['copy']
  readonly unused: CollectDependencies['unused']
  readonly verify: StartVerify
}

/** The threads of a running head. */
export function opsThreads(database: string): OpsThreads {
  return {
    copy: (target, signal) => takeSnapshot(database, target, signal),
    unused: (signal) => takeUnused(database, signal),
    verify: verifyInThread,
  }
}

export function buildOps(deps: OpsSideDependencies): Ops {
  const { folder, settings, clock } = deps
  const gate = new Gate()
  const verifies = new Gate()
  const backup = backupDependencies(deps, gate)
  const collecting = collectDependencies(deps)
  const used = namespaceUse(deps.db)
  return {
    backup: async (signal) => packTar(await begun(backupEntries(backup, signal), signal)),
    verify: (signal) => verifyStream(folder.root, verifies, deps.threads.verify, signal),
    async collect({ dry, signal }) {
      const { retention } = await settings.current()
      return collectStream(collecting, gate, { rule: retention, dry, now: clock.wall(), signal })
    },
    tidy: async (signal) => tidy({ ...collecting, gate, rule: (await settings.current()).retention, now: clock.wall() }, signal),
    assertQuota: async (namespace) => assertQuota(await settings.current(), namespace, used(namespace)),
  }
}

function backupDependencies(
  { folder, head, places, reader, blobs, space, clock, threads }: OpsSideDependencies,
  gate: Gate,
): BackupDependencies {
  return {
    folder,
    head,
    gate,
    space,
    places,
    now: () => clock.wall(),
    newId: () => randomBytes(16).toString('hex'),
    copy: threads.copy,
    openCopy(file) {
      const db = openForReading(file)
      return { kept: keptReads(db), places: resultPlaces(db), close: () => void db.close() }
    },
    openFile: reader.open.bind(reader),
    blobPath: blobs.pathOf.bind(blobs),
  }
}

function collectDependencies({
  folder,
  db,
  store,
  places,
  drafts,
  blobs,
  incoming,
  logs,
  threads,
}: OpsSideDependencies): CollectDependencies {
  return {
    folder,
    store,
    places,
    drafts,
    expirable: expirable(db),
    unused: threads.unused,
    names: knownNames(db),
    removeBlob: blobs.remove.bind(blobs),
    blobPath: blobs.pathOf.bind(blobs),
    contentsOf: blobs.contentsOf.bind(blobs),
    discardUpload: incoming.discard.bind(incoming),
    outputIds: logs.ids.bind(logs),
    outputSize: logs.sizeOf.bind(logs),
    discardOutput: logs.discard.bind(logs),
  }
}
