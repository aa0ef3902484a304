import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Sha256 } from '../../shared/model/ids.ts'
import { prepareFiles } from './prepare.ts'

test('files that are prepared again are all there, whatever a keeper had taken of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-prepare-'))
  try {
    writeFileSync(join(folder, 'blob'), Buffer.alloc(100_000, 'x'))
    const files = ['a', 'b'].map((name) => ({ name, sha256: '0'.repeat(64) as Sha256, size: 100_000, mode: 0o444 }))
    const prepare = () => prepareFiles(files, join(folder, 'attempt'), () => join(folder, 'blob'))
    const first = await prepare()
    const [a = '', b = ''] = first.files.map(([, , , path]) => path)
    unlinkSync(a)
    chmodSync(b, 0o600)
    writeFileSync(b, 'changed')
    expect(await prepare()).toEqual(first)
    expect([a, b].map((path) => existsSync(path) && readFileSync(path).length)).toEqual([100_000, 100_000])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
