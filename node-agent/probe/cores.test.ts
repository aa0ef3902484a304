import { expect, test } from 'vitest'
import { probeCores } from './cores.ts'
import { probeMemory, probeOs } from './system.ts'

const files = (content: Readonly<Record<string, string>>) => (path: string) => content[path] ?? null

test('without a quota the affinity counts', () => {
  expect(probeCores(files({}), 6)).toBe(6)
  expect(probeCores(files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }), 6)).toBe(6)
})

test('the smallest cgroup v2 quota on the way to the root cuts the cores, never below one', () => {
  const read = (quota: string) =>
    files({
      '/proc/self/cgroup': '0::/lab/agent\n',
      '/sys/fs/cgroup/lab/agent/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/lab/cpu.max': `${quota} 100000\n`,
    })
  expect(probeCores(read('350000'), 8)).toBe(3)
  expect(probeCores(read('50000'), 8)).toBe(1)
  expect(probeCores(read('1600000'), 8)).toBe(8)
})

test('a cgroup v1 quota is found beside other controllers', () => {
  const read = files({
    '/proc/self/cgroup': '4:cpu,cpuacct:/box\n',
    '/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us': '200000\n',
    '/sys/fs/cgroup/cpu/box/cpu.cfs_period_us': '100000\n',
  })
  expect(probeCores(read, 8)).toBe(2)
})

test('memory is cut by the limit of the cgroup', () => {
  const read = files({ '/proc/self/cgroup': '0::/box\n', '/sys/fs/cgroup/box/memory.max': '1073741824\n' })
  expect(probeMemory(read, 8 * 2 ** 30)).toBe(2 ** 30)
  expect(probeMemory(files({ '/proc/self/cgroup': '0::/box\n', '/sys/fs/cgroup/box/memory.max': 'max\n' }), 4096)).toBe(4096)
})

test('the system is named as os-release does', () => {
  expect(probeOs(files({ '/etc/os-release': 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n' }))).toBe('debian')
  expect(probeOs(files({}))).toBeNull()
})
