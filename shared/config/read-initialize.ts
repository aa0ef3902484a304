// Reads `initialize` of each kind: the build, the image, and what every job finds.
import type { JobsetSpec, Kind } from '../model/jobset.ts'
import type { FileReader, FileRef } from './file-ref.ts'
import type { Path } from './problem.ts'
import { readSource } from './read-source.ts'
import { isSet, readCommand, readFlag, readTexts } from './read-values.ts'
import type { Reading } from './reading.ts'
import type { Entry } from './tree.ts'
import { mountProblem, plainMount } from './value-rules.ts'

export type Initialize = JobsetSpec<FileRef>['initialize']

/** As far as it could be read; what is missing is reported. */
export function readInitialize(reading: Reading, kind: Kind, entry: Entry | undefined, path: Path, files: FileReader): Initialize {
  // `initialize:` with nothing below it: nothing to build. An image has to be named
  const nothing = entry === undefined || (entry.value.kind === 'null' && kind !== 'apptainer')
  const entries = nothing ? null : reading.map(entry.value, path, `${kind}_initialize`)
  const at = (part: string): Path => ({ up: path, part })
  const build = entries?.get('build_file')
  const sif = entries?.get('sif')
  return {
    buildFile: isSet(build) ? files.file(build.value, at('build_file')) : null,
    build: readCommand(reading, entries?.get('build'), at('build'), 'write a command: make -C input'),
    sif: sif === undefined ? null : files.file(sif.value, at('sif')),
    mounts: readMounts(reading, entries?.get('required_mounts'), at('required_mounts')),
    source: readSource(reading, entries?.get('source'), at('source')),
    share: readFlag(reading, entries?.get('share'), at('share')) ?? false,
    files: files.files(entries?.get('required_files'), at('required_files')),
  }
}

/** Paths inside the container, as they are written: `/out/` stays `/out/`. */
function readMounts(reading: Reading, entry: Entry | undefined, path: Path): readonly string[] {
  const words = { what: 'a path', example: 'a list: [/out]' }
  const seen = new Set<string>()
  const mounts = readTexts(reading, entry, path, words, (mount, node, here) => {
    const plain = plainMount(mount)
    const problem = mountProblem(mount) ?? (seen.has(plain) ? `'${mount}' is there twice` : null)
    seen.add(plain)
    if (problem === null) return true
    reading.problems.error(node.at, here, problem, 'write an absolute path inside the container, like /out')
    return false
  })
  return mounts ?? []
}
