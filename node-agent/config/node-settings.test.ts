import { expect, test } from 'vitest'
import { mergeSettings } from './node-settings.ts'

const probed = { hostName: 'host', cores: 8, memory: 1024, words: (cores: number) => [`cores=${cores}`, 'os=debian'] }
const nothing = { name: null, capabilities: null, cores: null, cacheSize: null }

test('without anything said the probes decide', () => {
  expect(mergeSettings(nothing, {}, probed)).toEqual({
    name: 'host',
    capabilities: ['cores=8', 'os=debian'],
    cores: 8,
    memory: 1024,
    cacheSize: 20 * 1024 ** 3,
  })
})

test('agent.yaml wins over the probes, a flag over both; its words replace those of the file', () => {
  const file = { name: 'file', capabilities: ['x'], cores: 4 }
  expect(mergeSettings(nothing, file, probed)).toMatchObject({ name: 'file', cores: 4, capabilities: ['x', 'cores=4', 'os=debian'] })
  expect(mergeSettings({ cacheSize: null, name: 'flag', capabilities: ['y', 'y'], cores: 2 }, file, probed)).toMatchObject({
    name: 'flag',
    cores: 2,
    capabilities: ['y', 'cores=2', 'os=debian'],
  })
})

test('a declared word wins over the probed one of the same name', () => {
  expect(mergeSettings({ ...nothing, capabilities: ['os=plan9'] }, {}, probed).capabilities).toEqual(['os=plan9', 'cores=8'])
})
