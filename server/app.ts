// Puts the head together: data folder, store, loop, agents, HTTP. The only place where adapters meet.
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { systemClock } from '../shared/base/clock.ts'
import { DistError, errorMessage } from '../shared/base/errors.ts'
import { packageVersion } from '../shared/base/package-info.ts'
import { writeAtomic } from '../shared/files/atomic.ts'
import { startAgentServer } from './agents/agent-server.ts'
import { jobsetDefinitions } from './agents/definitions.ts'
import { nodeKeys } from './agents/node-keys.ts'
import { diskSpace } from './blobs/disk-space.ts'
import { buildHttpSide } from './http-side.ts'
import { HeadLoop } from './loop/head-loop.ts'
import { HeadService } from './loop/head-service.ts'
import { NodeService } from './loop/node-service.ts'
import { announce } from './ops/announce.ts'
import { type DataFolder, openDataFolder } from './ops/data-folder.ts'
import { startHourly } from './ops/hourly.ts'
import { checkRestored, finishRestore } from './ops/restored.ts'
import { Settings } from './ops/settings.ts'
import type { HeadOptions } from './options.ts'
import { startSearches } from './search-side.ts'
import { ensureAdminToken } from './security/admin-token.ts'
import { newAttemptId } from './security/attempt-id.ts'
import { StoreClient } from './store/client.ts'
import { openForReading } from './store/open-database.ts'
import { tokenReads } from './store/reads/tokens.ts'

export interface RunningHead {
  readonly http: string
  readonly grpc: string
  close(): Promise<void>
}

/** Starts a head and resolves when it listens. Rejects with `locked`, `data_folder`, `missing_program` or `unavailable`. */
export async function startHead(options: HeadOptions): Promise<RunningHead> {
  const log = pino({ level: options.verbose ? 'debug' : 'info', base: null }, pino.destination({ dest: 2, sync: true }))
  const startedAt = Date.now()
  const folder = openDataFolder(options.data)
  const settings = new Settings(folder.root, (message) => log.warn(message))
  const restored = await orRelease(folder, async () => {
    await settings.load()
    return checkRestored(folder.root)
  })
  // The loop is made after the store, which reports to it.
  const late: { loop?: HeadLoop; service?: HeadService } = {}
  const store = await StoreClient.open(folder.root, {
    broken: () => late.loop?.rebuild(),
    placed: (jobsets) => late.service?.placed(jobsets),
    committed: () => late.service?.eventsWritten(),
    warning: (message) => log.warn(message),
    dead: (error) => {
      log.fatal(`the store stopped: ${errorMessage(error)}`)
      process.exit(1)
    },
  }).catch((error: unknown) => {
    folder.release()
    throw error
  })
  const db = openForReading(folder.database)
  if (restored !== null) {
    await finishRestore(folder.root, restored, store)
    log.warn(`restored from the backup of ${new Date(restored.takenAt).toISOString()}: what happened after it is forgotten here`)
  }
  const id = await store.run('keepSetting', { key: 'head_id', value: randomBytes(8).toString('hex') })
  const adminToken = await ensureAdminToken(folder.root, store, tokenReads(db), randomBytes)

  const space = diskSpace(folder.root)
  const loop = new HeadLoop({
    store,
    db,
    clock: systemClock,
    limits: options.limits,
    newId: newAttemptId,
    warn: (message) => log.warn(message),
    isDiskLow: () => space.isLow(),
  })
  late.loop = loop
  const facts = { id, version: packageVersion(), startedAt, grpc: '', url: '' }
  const service = new HeadService({ facts, loop, db })
  late.service = service
  loop.start()
  const searches = startSearches({
    loop,
    head: service,
    db,
    python: async () => options.python ?? (await settings.current()).python ?? 'python3',
    warn: (message) => log.warn(message),
  })

  const side = await buildHttpSide({ folder, service, loop, store, db, log, settings, space, searches })
  const agents = await startAgentServer(options.grpc.host, options.grpc.port, {
    head: facts,
    keys: nodeKeys(db),
    service: new NodeService(loop, side.settled),
    definition: jobsetDefinitions(db),
    shipped: side.shipped,
    log,
  })
  await side.app.listen({ host: options.http.host, port: options.http.port }).catch((error: unknown) => {
    throw new DistError('unavailable', `cannot listen on ${options.http.host}:${options.http.port}: ${errorMessage(error)}`, {
      hint: 'another program uses that port; choose another with --http',
    })
  })
  const http = `http://${authority(options.http.host, (side.app.server.address() as AddressInfo).port)}`
  const grpc = authority(options.grpc.host, agents.port)
  Object.assign(facts, { grpc, url: options.publicUrl ?? http })
  const endHourly = startHourly(side.tidy, (message) => log.warn(message))
  const endAnnouncing = announce(
    () => folder.announce({ http, grpc, pid: process.pid }),
    (message) => log.warn(message),
  )
  if (options.readyFile !== null) writeAtomic(options.readyFile, `${JSON.stringify({ http, grpc, pid: process.pid, adminToken })}\n`, 0o600)
  if (options.insecurePlain) log.warn('--insecure-plain: tokens and results cross the network unencrypted; only for private networks')
  log.info(`head ${facts.version} listens on ${http} (people) and ${grpc} (agents), data in ${folder.root}`)

  return {
    http,
    grpc,
    close: async () => {
      log.info('head is stopping')
      endAnnouncing()
      loop.close()
      await searches.close()
      await endHourly()
      await side.app.close()
      await agents.close()
      folder.withdraw()
      await store.close()
      db.close()
      folder.release()
    },
  }
}

function authority(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What keeps the head from starting also gives the folder back. */
async function orRelease<T>(folder: DataFolder, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    folder.release()
    throw error
  }
}
