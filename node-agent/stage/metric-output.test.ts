// Metrics in outputs of every length.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keptHead, missingMark } from '../../shared/model/output-cap.ts'
import { metricsIn, outputParts } from './metric-output.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-metrics-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, ...parts: readonly (string | Buffer)[]): string {
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part))))
  return path
}

const found = async (path: string) => (await metricsIn(outputParts(folder, { kind: 'path', path })))?.data ?? null

test('a line is found wherever it stands, also where it is split between two pieces, and without an end', async () => {
  expect(await metricsIn(outputParts(folder, { kind: 'data', data: Buffer.from('x\nDIST_METRIC loss=1') }))).toMatchObject({
    data: { loss: 1 },
  })
  const path = write('stdout.txt', `${'é'.repeat(32_760)}\nDIST_METRIC loss=0.5\n${'x\n'.repeat(100_000)}`)
  expect(await found(path)).toEqual({ loss: 0.5 })
  expect(await metricsIn([])).toBeNull()
})

test('of a shortened output the lines that were put aside count in their place, and a cut one is read from there', async () => {
  const cut = 'DIST_METRIC loss=1'
  const head = Buffer.alloc(keptHead, 'x\n')
  head.write(`\nDIST_METRIC first=1\n`, 1000)
  head.write(`\n${cut}`, keptHead - cut.length - 1)
  write('metrics.txt', `${cut}.5\nDIST_METRIC first=2 mid=3\n`)
  const path = write('stdout.cut.txt', head, missingMark(keptHead, keptHead + 100), 'tail\nDIST_METRIC loss=9 last=4\n')
  expect(await found(path)).toEqual({ first: 1, loss: 1.5, mid: 3, last: 4 })
})

test('where the whole output lies beside the shortened one, that is read', async () => {
  write('stdout.txt', 'a\nDIST_METRIC loss=7\nb\n')
  expect(await found(write('stdout.cut.txt', 'a\n', missingMark(2, 20), 'b\n'))).toEqual({ loss: 7 })
})
