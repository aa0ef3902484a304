import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { spreadSubfolders } from './spread.ts'

test('on ext4 the folders carry the flag afterwards; elsewhere nothing is said', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'dist-spread-'))
  try {
    for (const name of ['a', 'b']) mkdirSync(join(folder, name))
    spreadSubfolders(join(folder, 'a'), join(folder, 'b'), join(folder, 'missing'))
    const { status, stdout } = spawnSync('lsattr', ['-d', join(folder, 'a'), join(folder, 'b'), folder], { encoding: 'utf8' })
    if (status !== 0) context.skip('no lsattr, or no ext4, here')
    expect(stdout.split('\n').map((line) => /^\S*T/.test(line))).toEqual([true, true, false, false])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
