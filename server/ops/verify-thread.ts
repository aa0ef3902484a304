// Worker thread of `dist verify`: hashes everything at the lowest priority and for half of the time, so that jobs do not
// notice. Where its parts meet, as app.ts is for the head.
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { VerifyLine } from '../../shared/model/verify.ts'
import { ResultReader } from '../results/result-reader.ts'
import { openForReading } from '../store/open-database.ts'
import { keptReads } from '../store/reads/kept.ts'
import { knownNames } from '../store/reads/known-names.ts'
import { packedFiles } from '../store/reads/packed-file.ts'
import { resultPlaces } from '../store/reads/result-places.ts'
import { dataPaths } from './data-paths.ts'
import { block, Pace } from './pace.ts'
import { verifyDatabase } from './verify-database.ts'
import { verifyExtras } from './verify-extras.ts'
import { verifyBlobs, verifyResults } from './verify-kept.ts'
import { Report } from './verify-report.ts'

const lowest = 19
// On Linux 0 is the calling thread, and only that.
setPriority(0, lowest)

const folder = dataPaths((workerData as { readonly root: string }).root)
const report = new Report((line: VerifyLine) => parentPort?.postMessage(line))
const pace = new Pace()
const db = openForReading(folder.database)
const reader = new ResultReader(folder.results, packedFiles(folder.packs))
const deps = {
  folder,
  kept: keptReads(db),
  names: knownNames(db),
  places: resultPlaces(db),
  openFile: reader.open.bind(reader),
  found: report.found.bind(report),
  file: report.file.bind(report),
  hashed(bytes: number) {
    report.hashed(bytes)
    pace.step()
  },
  pause: block,
  tries: { stayedWrong: 0 },
}
verifyDatabase(db, deps.found)
verifyBlobs(deps)
verifyResults(deps, 'attempt')
verifyResults(deps, 'build')
verifyExtras(deps, Date.now())
report.end()
db.close()
