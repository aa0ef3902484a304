// What is needed to judge a trial when its job has ended. Lies in attempts/<id>/ from staging on: so whichever agent finds the end
// comes to the same result. Called by loop/staging.ts and stage/judge.ts.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
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
  try {
    return JSON.parse(readFileSync(join(attemptFolder, fileName), 'utf8')) as TrialNote
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}
