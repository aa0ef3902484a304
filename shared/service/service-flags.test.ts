import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { serviceArguments, serviceRequest } from './service-flags.ts'

test('flags of the unit are not arguments of the daemon, paths become absolute, switches stay', () => {
  const values = {
    data: 'here',
    http: '0.0.0.0:8952',
    'insecure-plain': true,
    verbose: false,
    'install-service': true,
    output: '-',
    check: true,
  }
  expect(serviceArguments(values, ['data'], ['check'])).toEqual(['--data', resolve('here'), '--http', '0.0.0.0:8952', '--insecure-plain'])
})

test('a value that begins with a dash is not taken for a flag', () => {
  expect(serviceArguments({ name: '-x' }, [], [])).toEqual(['--name=-x'])
})

test('its flags alone are a mistake', () => {
  expect(serviceRequest({ data: 'x' })).toBeNull()
  expect(() => serviceRequest({ force: true })).toThrow(/--force goes with --install-service/)
  expect(serviceRequest({ 'install-service': true })).toEqual({ output: null, force: false, account: null })
})
