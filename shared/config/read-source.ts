// Reads `initialize.source`: code that a node fetches before the build.
import type { Sha256 } from '../model/ids.ts'
import type { Source } from '../model/jobset.ts'
import type { Path } from './problem.ts'
import { isSet, readFlag } from './read-values.ts'
import type { Reading } from './reading.ts'
import type { Entry } from './tree.ts'
import { archiveProblem, refProblem, repositoryProblem } from './value-rules.ts'

const archiveHint = 'write an address that begins with https:// or http://'
const gitHint = 'write https://…, ssh://…, git@host:path or an absolute path'

export function readSource(reading: Reading, entry: Entry | undefined, path: Path): Source | null {
  if (!isSet(entry)) return null
  const entries = reading.map(entry.value, path, 'source')
  if (entries === null) return null
  const { problems } = reading
  const at = (part: string): Path => ({ up: path, part })
  const git = entries.get('git')
  const archive = entries.get('archive')
  if (isSet(git) === isSet(archive)) {
    const message = isSet(git) ? "'git' and 'archive' are both there" : "neither 'git' nor 'archive' is there"
    problems.error(entry.value.at, path, message, 'write {git: URL, ref: main} or {archive: URL, sha256: …}')
    return null
  }
  return isSet(git) ? readGit(reading, git, entries, at) : readArchive(reading, archive, entries, at, entry)
}

type Entries = ReadonlyMap<string, Entry>
type At = (part: string) => Path

function readGit(reading: Reading, git: Entry, entries: Entries, at: At): Source | null {
  foreign(reading, entries, at, ['sha256'], 'git')
  const url = reading.text(git.value, at('git'), 'an address')
  const bad = url === null ? null : repositoryProblem(url)
  if (bad !== null) reading.problems.error(git.value.at, at('git'), bad, gitHint)
  const refEntry = entries.get('ref')
  const ref = reading.optionalText(refEntry, at('ref'), 'a branch, tag or commit')
  const wrong = ref === null ? null : refProblem(ref)
  if (wrong !== null) reading.problems.error(refEntry?.value.at ?? 0, at('ref'), wrong)
  const submodules = readFlag(reading, entries.get('submodules'), at('submodules')) ?? false
  return url === null ? null : { kind: 'git', url, ref, submodules }
}

function readArchive(reading: Reading, archive: Entry | undefined, entries: Entries, at: At, source: Entry): Source | null {
  foreign(reading, entries, at, ['ref', 'submodules'], 'archive')
  const url = reading.optionalText(archive, at('archive'), 'an address')
  const bad = url === null ? null : archiveProblem(url)
  if (bad !== null) reading.problems.error(archive?.value.at ?? 0, at('archive'), bad, archiveHint)
  const sum = entries.get('sha256')
  if (!isSet(sum)) {
    const hint = 'sha256: the 64 hex digits that sha256sum prints for the file'
    reading.problems.error(source.value.at, at('sha256'), "the key 'sha256' is missing", hint)
    return null
  }
  const sha256 = reading.text(sum.value, at('sha256'), '64 hex digits')?.toLowerCase() ?? null
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) {
    reading.problems.error(
      sum.value.at,
      at('sha256'),
      `expected 64 hex digits, found ${sha256.length} characters`,
      'take what sha256sum prints',
    )
  }
  return url === null || sha256 === null ? null : { kind: 'archive', url, sha256: sha256 as Sha256 }
}

function foreign(reading: Reading, entries: Entries, at: At, keys: readonly string[], kind: string): void {
  for (const key of keys) {
    const entry = entries.get(key)
    if (isSet(entry)) reading.problems.error(entry.keyAt, at(key), `'${key}' does not go with '${kind}'`, 'remove it')
  }
}
