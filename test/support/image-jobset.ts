// Jobsets of images and a program that stands in for apptainer, for tests and benches about images and not about containers.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A `bin` folder with an `apptainer` that puts the size of the image, the core count and `input/params.txt` into the
 * result. Answers the folder, for the PATH of an agent.
 */
export function fakeApptainer(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const lines = [
    '#!/bin/sh -eu',
    '# run --app distribute --bind BINDS IMAGE CORES',
    'echo "$(cat "$6" | wc -c) bytes, $7 cores" > distribute_save/image.txt',
    'if [ -e input/params.txt ]; then cp input/params.txt distribute_save/; fi',
  ]
  writeFileSync(join(bin, 'apptainer'), `${lines.join('\n')}\n`)
  chmodSync(join(bin, 'apptainer'), 0o755)
  return bin
}

export interface ImageJobset {
  readonly batch: string
  /** path of the image; how it is written into the file */
  readonly sif: string
  readonly jobs: number
  readonly capabilities?: readonly string[]
  /** for every job, as input/params.txt */
  readonly params?: string
  readonly mounts?: readonly string[]
}

/** Writes `<folder>/<batch>.yaml`, namespace `test`; answers its path. */
export function writeImageJobset(folder: string, set: ImageJobset): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${set.batch}.yaml`)
  const initialize = [`sif: ${JSON.stringify(set.sif)}`]
  if (set.params !== undefined) initialize.push(`required_files: [{path: ${JSON.stringify(set.params)}, alias: params.txt}]`)
  if (set.mounts !== undefined) initialize.push(`required_mounts: ${JSON.stringify(set.mounts)}`)
  const lines = [
    `meta: {batch_name: ${set.batch}, namespace: test, capabilities: [${(set.capabilities ?? []).join(', ')}]}`,
    'apptainer:',
    '  initialize:',
    ...initialize.map((line) => `    ${line}`),
    '  jobs:',
    ...Array.from({ length: set.jobs }, (_, i) => `    - {name: job_${i + 1}}`),
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}
