// Everything that verify looks at, in one go and in the calling thread: database, contents, results, what is too much.
// Called by verify-thread.ts, and by tests. Where its parts meet, as app.ts is for the head.
import type { VerifyLine } from '../../shared/model/verify.ts'
import { ResultReader } from '../results/result-reader.ts'
import { openForReading } from '../store/open-database.ts'
import { keptReads } from '../store/reads/kept.ts'
import { knownNames } from '../store/reads/known-names.ts'
import { packedFiles } from '../store/reads/packed-file.ts'
import { resultPlaces } from '../store/reads/result-places.ts'
import { dataPaths } from './data-paths.ts'
import { verifyDatabase } from './verify-database.ts'
import { verifyExtras } from './verify-extras.ts'
import { verifyBlobs, verifyResults } from './verify-kept.ts'
import { Report } from './verify-report.ts'

export interface VerifyTempo {
  /** between two pieces of work */
  readonly step: () => void
  /** blocks for so many ms, before a second look */
  readonly pause: (ms: number) => void
}

/** `root` = the data folder; `now`: wall ms. */
export function verifyAll(root: string, tempo: VerifyTempo, now: number, send: (line: VerifyLine) => void): void {
  const folder = dataPaths(root)
  const report = new Report(send)
  const db = openForReading(folder.database)
  try {
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
        tempo.step()
      },
      pause: tempo.pause,
      tries: { stayedWrong: 0 },
    }
    verifyDatabase(db, deps.found)
    verifyBlobs(deps)
    verifyResults(deps, 'attempt')
    verifyResults(deps, 'build')
    verifyExtras(deps, now)
    report.end()
  } finally {
    db.close()
  }
}
