// What else is in the data folder and belongs into a backup: settings, tokens, keys, whatever a later version keeps there.
// Named here is what does not: the parts that backup.ts copies in its own way, and what only a running head has.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { TarSource } from '../../shared/files/tar-pack.ts'
import { walkFolder } from '../../shared/files/walk.ts'

const notCopied =
  /^(dist\.sqlite(-wal|-shm|-journal)?|packs|results|blobs|logs|head\.lock|head\.json|ballast|backup\.json|restoring\.json|restored\.json|lost\+found|\..*)$/

export function* otherFiles(root: string): Generator<TarSource> {
  for (const name of readdirSync(root).sort()) {
    if (notCopied.test(name)) continue
    const file = join(root, name)
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats === undefined) continue
    if (stats.isFile()) yield { kind: 'file', path: name, size: stats.size, mode: stats.mode & 0o777, file }
    if (!stats.isDirectory()) continue
    yield { kind: 'folder', path: name }
    for (const entry of walkFolder(file)) {
      const path = `${name}/${entry.path}`
      if (entry.kind === 'folder') yield { kind: 'folder', path }
      else if (entry.kind === 'file') yield { kind: 'file', path, size: entry.size, mode: entry.mode, file: entry.absolute }
    }
  }
}
