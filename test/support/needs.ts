// Programs that a test cannot do without: where one is missing the test is skipped with the reason, in CI it fails.
import { existsSync } from 'node:fs'
import type { TestContext } from 'vitest'
import { plainPath } from './head.ts'

/** Skips (CI=true: fails) the test unless every program is on the plain PATH. */
export function needs(context: TestContext, ...programs: readonly string[]): void {
  const folders = [...plainPath.split(':'), '/usr/sbin', '/sbin']
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(`${folder}/${program}`)))
  if (missing.length > 0) skipOrFail(context, `${missing.join(', ')} not installed`)
}

/** Skips (CI=true: fails) the test unless the path is there. */
export function needsPath(context: TestContext, path: string, what: string): void {
  if (!existsSync(path)) skipOrFail(context, `${what} not installed (no ${path})`)
}

export function skipOrFail(context: TestContext, reason: string): void {
  if (process.env['CI'] === 'true') throw new Error(`CI must have everything: ${reason}`)
  context.skip(reason)
}
