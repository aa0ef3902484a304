// What a trial says of its metrics in the part of its output that is not kept.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { keptHead } from '../../shared/model/output-cap.ts'
import { type KeeperHarness, startKeeper, temporaryFolder } from '../../test/support/keeper-harness.ts'
import { onlyPython, test } from '../../test/support/keeper-test.ts'
import { root } from '../../test/support/programs.ts'
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

async function hole(keeper: KeeperHarness): Promise<void> {
  const path = join(folder(keeper), 'stdout.txt')
  const missing = ({ size, blocks } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0, blocks: 0 }) => size - blocks * 512
  await until('the hole', () => missing() > 4 << 20)
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
  await hole(keeper)
  writeFileSync(join(keeper.work, 'ws', 'abc', 'go'), '')
  expect(await found(keeper)).toEqual({ edge: 1.5, loss: 6, late: 7 })
})

onlyPython('lines that cannot be written wait until they can, and nothing else is lost with them', async () => {
  const keeper = await trial(`
while not os.path.exists('go'): time.sleep(0.02)
`)
  const taken = join(folder(keeper), 'metrics.txt')
  mkdirSync(taken)
  await hole(keeper)
  rmdirSync(taken)
  writeFileSync(join(keeper.work, 'ws', 'abc', 'go'), '')
  expect(await found(keeper)).toEqual({ edge: 1.5, loss: 6 })
  const never = await trial('')
  mkdirSync(join(folder(never), 'metrics.txt'), { recursive: true })
  expect(await never.exit('j1')).toMatchObject({
    st: 0,
    note: expect.stringMatching(/^.*32 MiB are kept; lines DIST_METRIC .*Is a directory/),
  })
})

test('what was looked at is not looked at again where a file system makes no holes', () => {
  const path = join(temporaryFolder(), 'a')
  mkdirSync(path)
  writeFileSync(join(path, 'trial.json'), '{}')
  const program = `import os, sys, types
import keeper_output as capping, keeper_metrics as metrics
capping.processes.LIBC = types.SimpleNamespace(fallocate=lambda *_: -1)
fd = os.open(sys.argv[1] + '/out', os.O_RDWR | os.O_CREAT)
aside, read, pread = metrics.Aside(), [], os.pread
os.pread = lambda fd, n, at: read.append(n) or pread(fd, n, at)
for size in 100 << 20, 101 << 20:
    os.ftruncate(fd, size)
    read.clear()
    assert capping.punch(fd, size, 0, sys.argv[1], aside) == 0
print(sum(read) < 2 << 20)`
  const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program, path], {
    encoding: 'utf8',
    env: { PYTHONPATH: join(root, 'python'), PYTHONDONTWRITEBYTECODE: '1' },
  })
  expect(stdout + stderr).toBe('True\n')
})
