// Worker thread around the Writer: drains its port, so that everything that waits becomes one group.
import { join } from 'node:path'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import { Ballast } from './ballast.ts'
import { migrate, schemaVersion } from './migrate.ts'
import { assertUsable, openForWriting } from './open-database.ts'
import { toPortable, type WriterRequest } from './requests.ts'
import { type PlacerNotice, Writer } from './writer.ts'

export interface WriterThreadData {
  readonly data: string
  readonly placer: MessagePort
}

/** A pack with results in it is sealed after this much quiet, so that results reach their folders. */
const quietMs = 300
/** Between two looks for room after the disk was full. */
const spaceMs = 2000

const port = parentPort
if (port === null) throw new Error('writer-thread runs only as a worker')
const { data, placer } = workerData as WriterThreadData
start(port)

function start(main: MessagePort): void {
  try {
    const file = join(data, 'dist.sqlite')
    assertUsable(file, schemaVersion)
    const db = openForWriting(file)
    migrate(db)
    const writer = new Writer(
      db,
      { packs: join(data, 'packs'), results: join(data, 'results') },
      { toMain: (notice) => main.postMessage(notice), toPlacer: (command) => placer.postMessage(command) },
      new Ballast(join(data, 'ballast')),
    )
    const space = setInterval(() => writer.recoverSpace(), spaceMs)
    let quiet: NodeJS.Timeout | null = null
    const armQuiet = (): void => {
      if (quiet !== null) clearTimeout(quiet)
      quiet = writer.hasOpenPack ? setTimeout(() => writer.seal(true), quietMs) : null
    }
    placer.on('message', (notice: PlacerNotice) => {
      writer.onPlacer(notice)
      armQuiet()
    })
    main.on('message', (first: WriterRequest | 'close') => {
      const requests: WriterRequest[] = []
      let message: WriterRequest | 'close' | undefined = first
      while (message !== undefined && message !== 'close') {
        requests.push(message)
        message = receiveMessageOnPort(main)?.message as WriterRequest | 'close' | undefined
      }
      writer.run(requests)
      if (message === 'close') {
        if (quiet !== null) clearTimeout(quiet)
        clearInterval(space)
        writer.close()
        closeWhole(db)
        placer.close()
        main.close()
        return
      }
      armQuiet()
    })
    main.postMessage({ kind: 'ready' })
  } catch (error) {
    main.postMessage({ kind: 'refused', error: toPortable(error) })
    placer.close()
    main.close()
  }
}

/** Readers of the main thread are still open, so SQLite would not do it by itself: the file is whole without its log then. */
function closeWhole(db: Database.Database): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)')
  } catch {
    // the disk is full, or a reader is in the middle: the log stays, and the next start reads it
  }
  db.close()
}
