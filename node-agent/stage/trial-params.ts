// input/params.json of a trial: written into its own folder and moved from there by the keeper. Every trial has another one, so the
// cache is no place for it. Called by loop/staging.ts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { paramsFile, paramsName } from '../../shared/run/params.ts'
import type { StagedFile } from '../launcher/messages.ts'

/** It takes the place of one of the same name. */
export function withTrialParams(files: readonly StagedFile[], attemptFolder: string, json: string): readonly StagedFile[] {
  const { file, data } = paramsFile(json)
  mkdirSync(attemptFolder, { recursive: true })
  const path = join(attemptFolder, paramsName)
  writeFileSync(path, data, { mode: file.mode })
  return [...files.filter(([name]) => name !== paramsName), [paramsName, file.sha256, file.mode, path, 'm']]
}
