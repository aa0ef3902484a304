// head.yaml in the data folder, looked at again whenever it is asked for: a stat is cheap, and nobody has to restart a
// head. A file that became wrong keeps what was there before and is told in the log.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import type { HeadSettings } from '../../shared/config/head-settings.ts'

const fileName = 'head.yaml'
const noSettings: HeadSettings = { retention: null, quota: new Map(), python: null }

export class Settings {
  readonly #path: string
  readonly #warn: (message: string) => void
  #seen = ''
  #settings: HeadSettings = noSettings

  constructor(root: string, warn: (message: string) => void) {
    this.#path = join(root, fileName)
    this.#warn = warn
  }

  /** The first look, at start: `bad_request` with every problem when the file cannot be used. */
  async load(): Promise<void> {
    const seen = this.#look()
    this.#settings = await read(this.#path)
    this.#seen = seen
  }

  /** What the file says now. */
  async current(): Promise<HeadSettings> {
    const seen = this.#look()
    if (seen === this.#seen) return this.#settings
    this.#seen = seen
    try {
      this.#settings = await read(this.#path)
    } catch (error) {
      this.#warn(`${errorMessage(error)}; what it said before stays`)
    }
    return this.#settings
  }

  #look(): string {
    const stats = statSync(this.#path, { throwIfNoEntry: false })
    return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`
  }
}

async function read(path: string): Promise<HeadSettings> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return noSettings
    throw new DistError('bad_request', `cannot read ${path}: ${errorMessage(error)}`, { cause: error })
  }
  // the YAML parser is loaded only where there is a file
  const { parseHeadSettings } = await import('../../shared/config/head-settings.ts')
  const { settings, problems } = parseHeadSettings(text)
  if (settings !== null) return settings
  const { formatProblems } = await import('../../shared/config/format-problems.ts')
  throw new DistError('bad_request', `${fileName} cannot be used:\n${formatProblems(problems, text, path).trimEnd()}`)
}
