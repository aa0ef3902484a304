import { expect, test } from 'vitest'
import { countGpus, probeGpus } from './gpus.ts'

test('every GPU is a line, its parts are none', () => {
  const text = 'GPU 0: NVIDIA A100 (UUID: GPU-1)\n  MIG 1g.5gb Device 0: (UUID: MIG-1)\nGPU 1: NVIDIA A100 (UUID: GPU-2)\n'
  expect(countGpus(text)).toBe(2)
  expect(countGpus('No devices found.\n')).toBe(0)
})

test('without the program there are none', async () => {
  expect(await probeGpus({ PATH: '/nowhere' })).toBe(0)
})
