// What lies in the data folder and belongs to nothing that the rows know: files that people put there, leftovers that gc
// removes. No damage, but worth saying. Sync, for verify's thread.
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { walkFolder } from '../../shared/files/walk.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import type { VerifyDependencies } from './verify-kept.ts'

/** Contents get their row a moment after their place. */
const freshMs = 3600_000

export function verifyExtras(deps: VerifyDependencies, now: number): void {
  extraBlobs(deps, now)
  extraPacks(deps)
  const { folder, places } = deps
  for (const namespace of names(folder.results)) {
    if (namespace === '.incoming') {
      for (const name of names(folder.incoming)) {
        const id = name.replace(/(\.manifest\.json|\.part-.*)$/, '')
        if (places.attempt(id) === undefined && places.build(id) === undefined)
          extra(deps, `results/.incoming/${name}`, 'an upload of nothing known')
      }
    } else if (!isFolder(join(folder.results, namespace))) extra(deps, `results/${namespace}`, 'not put there by the head')
    else for (const batch of names(join(folder.results, namespace))) extrasOfBatch(deps, namespace, batch)
  }
}

function extrasOfBatch(deps: VerifyDependencies, namespace: string, batch: string): void {
  const { places } = deps
  const root = `results/${namespace}/${batch}`
  const jobset = deps.names.jobset(namespace, batch)
  if (jobset === null) {
    extra(deps, root, 'of no jobset that is known')
    return
  }
  const compare = (path: string, id: string | null): void => {
    if (id === null) extra(deps, path, 'of no result that is kept')
    else extrasOfFolder(deps, path, places.attemptManifest(id))
    deps.hashed(0)
  }
  const at = join(deps.folder.root, root)
  for (const name of names(at)) {
    const build = new RegExp(`^${escaped(batch)}_build_output-(.+)\\.txt$`).exec(name)?.[1]
    if (name === '.attempts') {
      for (const job of names(join(at, name))) {
        for (const mark of names(join(at, name, job))) compare(`${root}/${name}/${job}/${mark}`, deps.names.attempt(jobset, job, mark))
      }
    } else if (name === '.builds') {
      for (const node of names(join(at, name)))
        if (!deps.names.build(jobset, node)) extra(deps, `${root}/${name}/${node}`, 'of no build that is kept')
    } else if (build !== undefined) {
      if (!deps.names.build(jobset, build)) extra(deps, `${root}/${name}`, 'of no build that is kept')
    } else compare(`${root}/${name}`, deps.names.committed(jobset, name))
  }
}

/** What the folder of a result holds beside its manifest; of a strange folder only its own name. */
function extrasOfFolder(deps: VerifyDependencies, path: string, manifest: Manifest): void {
  const root = join(deps.folder.root, path)
  if (!isFolder(root)) return
  const known = new Set<string>()
  for (const entry of manifest) {
    known.add(entry.path)
    for (let cut = entry.path.lastIndexOf('/'); cut > 0; cut = entry.path.lastIndexOf('/', cut - 1)) known.add(entry.path.slice(0, cut))
  }
  let above = '\0'
  for (const entry of walkFolder(root)) {
    if (known.has(entry.path) || entry.path.startsWith(above)) continue
    if (entry.kind === 'folder') above = `${entry.path}/`
    extra(deps, `${path}/${entry.path}`, 'not of the result')
  }
}

function extraBlobs(deps: VerifyDependencies, now: number): void {
  const { blobs } = deps.folder
  for (const shard of names(blobs)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue
    for (const name of names(join(blobs, shard))) {
      if (deps.names.blob(name)) continue
      const stats = lstatSync(join(blobs, shard, name), { throwIfNoEntry: false })
      if (stats !== undefined && now - stats.ctimeMs > freshMs) extra(deps, `blobs/${shard}/${name}`, 'a content that nothing knows')
    }
    deps.hashed(0)
  }
}

function extraPacks(deps: VerifyDependencies): void {
  const packs = names(deps.folder.packs).flatMap((name) => (/^\d+\.tar$/.test(name) ? [Number.parseInt(name, 10)] : []))
  const newest = Math.max(0, ...packs)
  for (const pack of packs) if (pack !== newest && !deps.names.pack(pack)) extra(deps, `packs/${pack}.tar`, 'a pack that no result lies in')
}

function extra(deps: VerifyDependencies, path: string, detail: string): void {
  deps.found({ kind: 'extra', path, detail })
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
