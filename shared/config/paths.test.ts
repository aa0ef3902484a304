import { homedir } from 'node:os'
import { expect, test } from 'vitest'
import { defaultDataFolder, defaultWorkFolder } from './paths.ts'

test.each([
  [{ HOME: '/home/anna', XDG_STATE_HOME: '/state' }, '/state'],
  [{ HOME: '/home/anna' }, '/home/anna/.local/state'],
  [{ HOME: '/home/anna', XDG_STATE_HOME: '' }, '/home/anna/.local/state'],
  [{ HOME: '/home/anna', XDG_STATE_HOME: 'relative' }, '/home/anna/.local/state'],
  [{}, `${homedir()}/.local/state`],
])('with %j folders are below %s', (env, state) => {
  expect(defaultDataFolder(env)).toBe(`${state}/dist/head`)
  expect(defaultWorkFolder(env)).toBe(`${state}/dist/agent`)
})
