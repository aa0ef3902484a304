import { expect, test } from 'vitest'
import { mergeSettings } from './node-settings.ts'

const probed = {
  hostName: 'host',
  cores: 8,
  memory: 1024,
  gpus: 0,
  found: [],
  words: ({ cores }: { cores: number }) => [`cores=${cores}`, 'os=debian'],
}
const nothing = { name: null, capabilities: null, cores: null, slots: null, gpus: null, cacheSize: null }

test('without anything said the probes decide', () => {
  expect(mergeSettings(nothing, {}, probed)).toEqual({
    name: 'host',
    capabilities: ['cores=8', 'os=debian'],
    cores: 8,
    slots: 8,
    gpus: 0,
    memory: 1024,
    cacheSize: 20 * 1024 ** 3,
  })
})

test('agent.yaml wins over the probes, a flag over both; its words replace those of the file', () => {
  const file = { name: 'file', capabilities: ['x'], cores: 4 }
  expect(mergeSettings(nothing, file, probed)).toMatchObject({ name: 'file', cores: 4, capabilities: ['x', 'cores=4', 'os=debian'] })
  expect(mergeSettings({ ...nothing, name: 'flag', capabilities: ['y', 'y'], cores: 2 }, file, probed)).toMatchObject({
    name: 'flag',
    cores: 2,
    capabilities: ['y', 'cores=2', 'os=debian'],
  })
})

test('a declared word wins over the probed one of the same name', () => {
  expect(mergeSettings({ ...nothing, capabilities: ['os=plan9'] }, {}, probed).capabilities).toEqual(['os=plan9', 'cores=8'])
})

test('as many jobs at once as cores unless told', () => {
  expect(mergeSettings({ ...nothing, cores: 3 }, {}, probed).slots).toBe(3)
  expect(mergeSettings({ ...nothing, cores: 3 }, { slots: 2, gpus: 1 }, probed)).toMatchObject({ slots: 2, gpus: 1 })
  expect(mergeSettings({ ...nothing, slots: 5, gpus: 0 }, { slots: 2, gpus: 1 }, { ...probed, gpus: 4 })).toMatchObject({
    slots: 5,
    gpus: 0,
  })
  expect(mergeSettings(nothing, {}, { ...probed, gpus: 4 }).gpus).toBe(4)
})

test('what a probe found stands before the words of every node, and behind what is declared', () => {
  const found = ['gcc=12.2', 'os=13']
  expect(mergeSettings({ ...nothing, capabilities: ['gcc=9'] }, {}, { ...probed, found }).capabilities).toEqual([
    'gcc=9',
    'os=13',
    'cores=8',
  ])
})
