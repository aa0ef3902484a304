import { expect, test } from 'vitest'
import { places } from './place-results.ts'

const placed = (paths: readonly string[], keeps = false) => Object.fromEntries(places('opt_00003', paths, keeps))

test('what a trial printed is <label>.run, what has its name is beside it, the rest in a folder of the trial', () => {
  expect(placed(['stdout.txt', 'opt_00003_data.json', 'data.json', 'plots/v.png', 'opt_00003.out', 'opt_00003.sgl'])).toEqual({
    'stdout.txt': 'opt_00003.run',
    'opt_00003_data.json': 'opt_00003_data.json',
    'data.json': 'opt_00003/data.json',
    'plots/v.png': 'opt_00003/plots/v.png',
  })
})

test('without file_cleanup the files through which it talked stay', () => {
  expect(placed(['opt_00003.out', 'opt_00003.sgl'], true)).toEqual({
    'opt_00003.out': 'opt_00003.out',
    'opt_00003.sgl': 'opt_00003.sgl',
  })
})

test('a script that writes its output there itself wins', () => {
  expect(placed(['stdout.txt', 'opt_00003.run'])).toEqual({ 'opt_00003.run': 'opt_00003.run' })
})

test('a stdout.txt of its own is a file like others', () => {
  expect(placed(['stdout.txt', 'stdout.dist.txt'])).toEqual({
    'stdout.txt': 'opt_00003/stdout.txt',
    'stdout.dist.txt': 'opt_00003.run',
  })
})
