// Where the package lies, from source and from build/ alike: the nearest folder above this file with a package.json.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}: the installation is damaged`)
    folder = parent
  }
  return folder
}

/** The program of a slot's keeper. */
export function keeperScript(): string {
  return join(packageRoot(), 'python', 'keeper.py')
}
