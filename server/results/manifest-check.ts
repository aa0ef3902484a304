// What a manifest that comes from outside may say: safe paths, each once, nothing below a file or a link, links that
// stay inside. Called before a byte of the result is taken.
import { DistError } from '../../shared/base/errors.ts'
import { linkStaysInside, pathProblem } from '../../shared/files/safe-path.ts'
import type { Manifest, ManifestEntry } from '../../shared/model/manifest.ts'

/** Throws `bad_path`, or `bad_request` for paths that exclude each other. */
export function checkManifest(manifest: Manifest): void {
  const kinds = new Map<string, ManifestEntry['kind']>()
  for (const entry of manifest) {
    const problem = pathProblem(entry.path)
    if (problem !== null)
      throw new DistError('bad_path', `unsafe path ${JSON.stringify(entry.path.slice(0, 200))} in the manifest: ${problem}`)
    if (entry.kind === 'link' && !linkStaysInside(entry.path, entry.target)) {
      throw new DistError('bad_path', `the link ${JSON.stringify(entry.path)} of the manifest leads out of the result`)
    }
    if (kinds.has(entry.path)) throw new DistError('bad_request', `${JSON.stringify(entry.path)} is in the manifest twice`)
    kinds.set(entry.path, entry.kind)
  }
  for (const path of kinds.keys()) {
    for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
      const above = kinds.get(path.slice(0, cut))
      if (above === undefined || above === 'folder') continue
      throw new DistError(
        'bad_request',
        `the manifest has ${JSON.stringify(path)} below the ${above} ${JSON.stringify(path.slice(0, cut))}`,
      )
    }
  }
}
