// What of distribute_save is shipped (jobset.md, `save`). The rules lie in attempts/<id>/ from staging on, so that the
// next agent, which takes the attempt over from the keeper, finds them too. Called by loop/staging.ts and stage/collect.ts;
// what they mean: shared/run/save-rules.ts.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import type { SaveRules } from '../../shared/model/options.ts'

const fileName = 'save-rules.json'

export function writeSaveRules(attemptFolder: string, rules: SaveRules): void {
  mkdirSync(attemptFolder, { recursive: true })
  writeFileSync(join(attemptFolder, fileName), JSON.stringify(rules))
}

/** null = none were given. */
export function readSaveRules(attemptFolder: string): SaveRules | null {
  try {
    return JSON.parse(readFileSync(join(attemptFolder, fileName), 'utf8')) as SaveRules
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}
