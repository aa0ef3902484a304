// What a command loads is what it costs to start: zod 36 ms, yaml 17 ms. Follows the imports that are always executed.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Files and packages that loading `entries` executes: static imports, without those of types. */
function loadedBy(...entries: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const follow = (file: string): void => {
    const name = relative(root, file)
    if (seen.has(name)) return
    seen.add(name)
    if (!existsSync(file)) throw new Error(`${name} is imported but does not exist`)
    for (const [, what, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?:([^'"]*) from )?'([^']+)'/gm)) {
      if (from === undefined || isTypeOnly(what ?? '')) continue
      if (from.startsWith('.')) follow(resolve(dirname(file), from))
      else if (!from.startsWith('node:')) seen.add(from)
    }
  }
  for (const entry of entries) follow(resolve(root, entry))
  return seen
}

function isTypeOnly(clause: string): boolean {
  if (clause.startsWith('type ')) return true
  const names = /^\{([\s\S]*)\}$/.exec(clause.trim())?.[1]?.split(',') ?? []
  return names.length > 0 && names.every((name) => name.trim() === '' || name.trim().startsWith('type '))
}

const packages = (loaded: ReadonlySet<string>) => [...loaded].filter((name) => !name.endsWith('.ts')).sort()

test('dist --version loads one file beside the entry point', () => {
  expect([...loadedBy('cli/main.ts')]).toEqual(['cli/main.ts', 'shared/base/package-info.ts'])
})

test('the grammar loads no command', () => {
  const loaded = loadedBy('cli/program/run-process.ts')
  expect(packages(loaded)).toEqual(['commander', 'picocolors'])
  expect([...loaded].filter((name) => name.startsWith('cli/commands/'))).toEqual([])
})

test.each([
  'status',
  'nodes',
  'jobs',
  'show',
  'top',
  'watch',
  'wait',
  'kill',
  'steer',
  'node-steer',
  'login',
  'completion',
  'logs',
  'token-list',
  'results',
  'search-show',
  'search-extend',
  'search-stop',
])('%s loads no schemas, no parser and no archives', (command) => {
  const loaded = loadedBy(`cli/commands/${command}.ts`, 'shared/net/http.ts', 'shared/api/client.ts')
  expect(packages(loaded)).toEqual([])
})

test('a press of Tab loads no schemas and no parser', () => {
  expect(packages(loadedBy('cli/complete/complete.ts'))).toEqual([])
})
