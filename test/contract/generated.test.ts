import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/programs.ts'

/** Contents by path, without white space at line ends. */
function tree(folder: string): Record<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => statSync(join(folder, name)).isFile())
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8').replace(/[ \t]+$/gm, '')]))
}

test('the committed wire types are those of proto/agent.proto (else: npm run gen)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-gen-'))
  try {
    execFileSync(process.execPath, [join(root, 'scripts/gen.mjs'), folder])
    expect(tree(join(root, 'shared/wire/gen'))).toEqual(tree(folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
