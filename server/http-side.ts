// Puts the HTTP side of the head together: blobs, results, logs and the routes over them. Called by app.ts.
import { randomBytes } from 'node:crypto'
import { systemClock } from '../shared/base/clock.ts'
import { syncDisk } from '../shared/files/sync-disk.ts'
import { blobService } from './blobs/blob-service.ts'
import { BlobStore } from './blobs/blob-store.ts'
import { cleanDrafts } from './blobs/clean-drafts.ts'
import { buildHttp, type HttpServer } from './http/build-server.ts'
import type { HttpLog } from './http/deps.ts'
import { ControlService } from './loop/control-service.ts'
import { attemptGuard } from './loop/guard.ts'
import type { HeadLoop } from './loop/head-loop.ts'
import type { HeadService } from './loop/head-service.ts'
import type { DataFolder } from './ops/data-folder.ts'
import type { Settings } from './ops/settings.ts'
import { buildOps, opsThreads } from './ops-side.ts'
import type { DiskSpace } from './ports/disk-space.ts'
import type { FinishItem } from './ports/finish-item.ts'
import type { ReadDb } from './ports/read-db.ts'
import type { SearchPort } from './ports/searches.ts'
import type { Store } from './ports/store.ts'
import { cleanLeftovers } from './results/clean-leftovers.ts'
import { Incoming } from './results/incoming.ts'
import { LiveLogs } from './results/live-logs.ts'
import { ResultReader } from './results/result-reader.ts'
import { resultService } from './results/result-service.ts'
import { discardLate, settleUpload } from './results/upload-fate.ts'
import { identities } from './security/identities.ts'
import { attemptReads } from './store/reads/attempts.ts'
import { draftReads } from './store/reads/drafts.ts'
import { eventReads } from './store/reads/events.ts'
import { inputReads } from './store/reads/inputs.ts'
import { jobReads } from './store/reads/jobs.ts'
import { packedFiles } from './store/reads/packed-file.ts'
import { resultPlaces } from './store/reads/result-places.ts'
import { tokenReads } from './store/reads/tokens.ts'

export interface HttpSide {
  readonly app: HttpServer
  /** Checks and syncs a shipped result; rejects with `incomplete` when bytes are missing. */
  shipped(item: FinishItem): Promise<FinishItem>
  /** These attempts or builds have their verdict: live logs and upload state of them go. */
  settled(ids: readonly string[], output: boolean): void
  /** the hourly housekeeping */
  tidy(signal: AbortSignal): Promise<void>
}

export interface HttpSideDependencies {
  readonly folder: DataFolder
  readonly service: HeadService
  readonly loop: HeadLoop
  readonly store: Store
  readonly db: ReadDb
  readonly log: HttpLog
  readonly settings: Settings
  readonly space: DiskSpace
  readonly searches: SearchPort
}

export async function buildHttpSide(deps: HttpSideDependencies): Promise<HttpSide> {
  const { folder, db, store, space } = deps
  const guard = attemptGuard(db)
  const inputs = inputReads(db)
  const drafts = draftReads(db)
  const blobs = new BlobStore(folder.blobs)
  await cleanDrafts(store, blobs, systemClock.wall())
  const logs = new LiveLogs(folder.logs)
  const incoming = new Incoming({
    folder: folder.incoming,
    inputOf: (id, sha256) => {
      const jobset = guard.jobsetOf(id)
      return jobset !== null && inputs.isInput(jobset, sha256) ? blobs.pathOf(sha256) : null
    },
    sync: syncDisk,
  })
  const places = resultPlaces(db)
  cleanLeftovers(incoming, logs, places)
  const reader = new ResultReader(folder.results, packedFiles(folder.packs))
  const ops = buildOps({
    folder,
    head: deps.service.facts,
    db,
    store,
    settings: deps.settings,
    drafts,
    places,
    reader,
    blobs,
    incoming,
    logs,
    space,
    clock: systemClock,
    threads: opsThreads(folder.database),
  })
  const app = buildHttp({
    head: deps.service,
    control: new ControlService(deps.loop, systemClock),
    searches: deps.searches,
    store,
    reads: { drafts, jobs: jobReads(db), attempts: attemptReads(db), events: eventReads(db), inputs },
    identities: identities({ store, tokens: tokenReads(db), bearers: deps.loop.sessions, clock: systemClock, random: randomBytes }),
    guard,
    blobs: blobService(blobs, drafts, store),
    results: resultService(places, reader, logs),
    uploads: {
      putManifest: (id, manifest) => incoming.putManifest(id, manifest),
      putFiles: (id, source) => incoming.putFiles(id, source),
      complete: (id) => incoming.complete(id),
      settle: (id) => settleUpload(id, incoming, places),
      discardLate: (id) => discardLate(id, incoming, places),
      appendOutput: (id, offset, chunk, skipped) => logs.append(id, offset, chunk, skipped),
    },
    space,
    ops,
    clock: systemClock,
    log: deps.log,
    random: randomBytes,
  })
  return {
    app,
    tidy: ops.tidy,
    shipped: async (item) => ({ ...item, result: { kind: 'incoming', manifest: await incoming.complete(item.id) } }),
    settled: (ids, output) => {
      for (const id of ids) {
        if (output) logs.discard(id)
        settleUpload(id, incoming, places)
      }
    },
  }
}
