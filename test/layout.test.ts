// Proves that docs/architecture.md has a line for every folder and names none that is gone.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './support/programs.ts'

/** Folders that hold something git knows or would add. */
function folders(): ReadonlySet<string> {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  const found = new Set<string>()
  for (const file of list.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))) {
    for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) found.add(folder)
  }
  return found
}

/** Folders with a line: "| `server/core/` | what it is for |". A line that ends in `/**` speaks for all below it. */
function lines(): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8')
  return new Map(
    [...text.matchAll(/^\| `([^`]+)\/(?:\*\*)?` \| (.+) \|$/gm)].map(([line, folder = '', what = '']) => [
      line.includes('/**`') ? `${folder}/**` : folder,
      what,
    ]),
  )
}

const isCovered = (folder: string, named: ReadonlyMap<string, string>): boolean =>
  named.has(folder) || folder.split('/').some((_, index, parts) => named.has(`${parts.slice(0, index + 1).join('/')}/**`))

test('docs/architecture.md has a line for every folder', () => {
  const named = lines()
  expect([...folders()].filter((folder) => !isCovered(folder, named))).toEqual([])
})

test('docs/architecture.md names no folder that is gone', () => {
  const there = folders()
  expect([...lines().keys()].filter((folder) => !there.has(folder.replace(/\/\*\*$/, '')))).toEqual([])
})

test('every line says something', () => {
  expect(lines().size).toBeGreaterThan(20)
  expect([...lines()].filter(([, what]) => what.trim().length < 15)).toEqual([])
})
