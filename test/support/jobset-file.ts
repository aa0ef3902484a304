// Writes jobsets for tests: scripts beside a jobs.yaml, in a folder of their own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface JobsetText {
  readonly batch: string
  /** python source of every job's script */
  readonly script: string
  /** names of the jobs, or how many */
  readonly jobs: number | readonly string[]
  /** python source of build.py; none = nothing to build */
  readonly build?: string
  readonly capabilities?: readonly string[]
  /** more top-level lines of the file */
  readonly lines?: readonly string[]
}

/** Writes `<folder>/<batch>.yaml`, namespace `test`; answers its path. */
export function writeJobset(folder: string, text: JobsetText): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${text.batch}.py`), text.script)
  if (text.build !== undefined) writeFileSync(join(folder, `${text.batch}_build.py`), text.build)
  const names = typeof text.jobs === 'number' ? Array.from({ length: text.jobs }, (_, i) => `job_${i}`) : text.jobs
  const lines = [
    `meta: {batch_name: ${text.batch}, namespace: test, capabilities: [${(text.capabilities ?? []).join(', ')}]}`,
    ...(text.lines ?? []),
    'python:',
    `  initialize: {${text.build === undefined ? '' : `build_file: ${text.batch}_build.py`}}`,
    '  jobs:',
    ...names.map((name) => `    - {name: ${name}, file: ${text.batch}.py}`),
  ]
  const file = join(folder, `${text.batch}.yaml`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}
