// What of distribute_save is shipped (jobset.md, `save`). The rules lie in attempts/<id>/ from staging on, so that the
// next agent, which takes the attempt over from the keeper, finds them too. Called by loop/staging.ts and stage/collect.ts;
// what they mean: shared/run/save-rules.ts.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SaveRules } from '../../shared/model/options.ts'

const fileName = 'save-rules.json'

export function writeSaveRules(attemptFolder: string, rules: SaveRules): void {
  mkdirSync(attemptFolder, { recursive: true })
  writeFileSync(join(attemptFolder, fileName), JSON.stringify(rules))
}

/** null = none were given. */
export function readSaveRules(attemptFolder: string): SaveRules | null {
  const path = join(attemptFolder, fileName)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SaveRules) : null
}
