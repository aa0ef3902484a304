// What a trial says of its metrics in the part of its output that is not kept.
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { keptHead } from '../../shared/model/output-cap.ts'
import { type KeeperHarness, startKeeper } from '../../test/support/keeper-harness.ts'
import { onlyPython, test } from '../../test/support/keeper-test.ts'
import { until } from '../../test/support/until.ts'
import { metricsIn, outputParts } from '../stage/metric-output.ts'

const folder = (keeper: KeeperHarness) => join(keeper.work, 'attempts', 'j1')
/** One line across the end of the first part, one behind it, then enough to have both in the middle; `then`: Python. */
const script = `import os, time
def much(n):
    for _ in range(n >> 20): os.write(1, b"x\\n" * (1 << 19))
much(${keptHead - (1 << 20)})
os.write(1, b"x\\n" * ((1 << 19) - 5))
os.write(1, b"\\nDIST_METRIC edge=1.5\\nDIST_METRIC loss=6\\n")
much(40 << 20)
`

async function trial(then: string): Promise<KeeperHarness> {
  const keeper = await startKeeper()
  mkdirSync(folder(keeper), { recursive: true })
  writeFileSync(join(folder(keeper), 'trial.json'), '{}')
  writeFileSync(join(keeper.work, 'print.py'), `${script}${then}`)
  keeper.send(keeper.job('j1', `/usr/bin/python3 ${join(keeper.work, 'print.py')}`))
  return keeper
}

async function found(keeper: KeeperHarness) {
  expect((await keeper.exit('j1')).note).toContain('32 MiB are kept')
  return (await metricsIn(outputParts(folder(keeper), { kind: 'path', path: join(folder(keeper), 'stdout.cut.txt') })))?.data
}

test('lines that are cut or left out when the job ends are found', async () => {
  expect(await found(await trial('print("DIST_METRIC last=9")'))).toEqual({ edge: 1.5, loss: 6, last: 9 })
})

onlyPython('lines that leave the disk while the job runs are found, and later ones after them', async () => {
  const keeper = await trial(`
while not os.path.exists('go'): time.sleep(0.02)
os.write(1, b"DIST_METRIC late=7 loss=8\\n")
much(40 << 20)
`)
  const path = join(folder(keeper), 'stdout.txt')
  await until(
    'the hole',
    () => statSync(path, { throwIfNoEntry: false })?.size !== undefined && statSync(path).size - statSync(path).blocks * 512 > 4 << 20,
  )
  writeFileSync(join(keeper.work, 'ws', 'abc', 'go'), '')
  expect(await found(keeper)).toEqual({ edge: 1.5, loss: 6, late: 7 })
})
