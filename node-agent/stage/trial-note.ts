// What is needed to judge a trial when its job has ended. Lies in attempts/<id>/ from staging on: so whichever agent finds the end
// comes to the same result. Called by loop/staging.ts and stage/judge.ts.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metric } from '../../shared/model/search.ts'
import type { TrialJob } from '../../shared/model/trial.ts'

const fileName = 'trial.json'

export interface TrialNote {
  readonly trial: TrialJob
  readonly metrics: readonly Metric[]
}

export function writeTrialNote(attemptFolder: string, note: TrialNote): void {
  mkdirSync(attemptFolder, { recursive: true })
  writeFileSync(join(attemptFolder, fileName), JSON.stringify(note))
}

/** null = it is no trial. */
export function readTrialNote(attemptFolder: string): TrialNote | null {
  const path = join(attemptFolder, fileName)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as TrialNote) : null
}

/** Removes a folder that holds the note alone, as that of most trials does, and is spared the way through the trash; false for every other. */
export function removeTrialNote(attemptFolder: string): boolean {
  const path = join(attemptFolder, fileName)
  try {
    const names = readdirSync(attemptFolder)
    if (names.length !== 1 || names[0] !== fileName) return false
    unlinkSync(path)
    rmdirSync(attemptFolder)
    return true
  } catch {
    return false
  }
}
