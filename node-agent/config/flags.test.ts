import { expect, test } from 'vitest'
import { type AgentOptions, parseCommand } from './flags.ts'

function options(args: readonly string[], env: NodeJS.ProcessEnv = {}, read?: (file: string | 0) => string): AgentOptions {
  const command = parseCommand(args, { HOME: '/home/anna', ...env }, read)
  if (command.kind !== 'run') throw new Error(command.kind)
  return command.options
}

test('a flag wins over the environment', () => {
  const env = { DIST_AGENT_CORES: '4', DIST_AGENT_NAME: 'from-env', DIST_AGENT_CAPABILITIES: 'a, b=2' }
  expect(options(['--cores', '2'], env)).toMatchObject({ cores: 2, name: 'from-env', capabilities: ['a', 'b=2'] })
})

test('the work folder is below the XDG state folder unless told', () => {
  expect(options([]).work).toBe('/home/anna/.local/state/dist/agent')
  expect(options([], { XDG_STATE_HOME: '/state' }).work).toBe('/state/dist/agent')
  expect(options(['--work', '/w'], { XDG_STATE_HOME: '/state' }).work).toBe('/w')
})

test('the join code may come from a file or from stdin', () => {
  const read = (file: string | 0) => `code of ${file}\n`
  expect(options(['--join', '@/run/code'], {}, read).join).toBe('code of /run/code')
  expect(options(['--join', '-'], {}, read).join).toBe('code of 0')
  expect(options(['--join', 'plain']).join).toBe('plain')
  const both = () => 'code\nhttp://127.0.0.1:1/\n'
  expect(options(['--join', '-'], {}, both)).toMatchObject({ join: 'code', head: 'http://127.0.0.1:1' })
  expect(options(['--join', '-', '--head', 'http://x'], {}, both)).toMatchObject({ join: 'code', head: 'http://x' })
})

test('how long it drains and how much it keeps are durations and sizes', () => {
  expect(options([])).toMatchObject({ drainTimeout: 10_000, cacheSize: null })
  const env = { DIST_AGENT_DRAIN_TIMEOUT: '1h', DIST_AGENT_CACHE_SIZE: '1GiB' }
  expect(options(['--drain-timeout', '0s'], env)).toMatchObject({ drainTimeout: 0, cacheSize: 1024 ** 3 })
})

test('slots, GPUs, views and CPUs are found out unless told', () => {
  expect(options([])).toMatchObject({ slots: null, gpus: null, views: null, pin: null })
  const env = { DIST_AGENT_SLOTS: '4', DIST_AGENT_GPUS: '0', DIST_AGENT_VIEWS: 'copy', DIST_AGENT_PIN: 'none' }
  expect(options([], env)).toMatchObject({ slots: 4, gpus: 0, views: 'copy', pin: 'none' })
  expect(options(['--slots', '2', '--views', 'auto', '--pin', '0-2,6'], env)).toMatchObject({ slots: 2, views: null, pin: [0, 1, 2, 6] })
})

test.each([
  ['no slot at all', ['--slots', '0']],
  ['too many slots', ['--slots', '1025']],
  ['GPUs that are no number', ['--gpus', 'all']],
  ['views of another kind', ['--views', 'link']],
  ['CPUs that are no list', ['--pin', '3-1']],
  ['a number without a unit', ['--drain-timeout', '30']],
  ['a size that is none', ['--cache-size', 'much']],
  ['an unknown flag', ['--capabilitys', 'a']],
  ['cores that are no number', ['--cores', 'many']],
  ['a capability that is none', ['--capabilities', 'a,b>=2']],
  ['a positional argument', ['http://head']],
])('%s is refused as wrong usage', (_, args) => {
  expect(() => options(args)).toThrow(expect.objectContaining({ code: 'usage' }))
})

test('a service gets what was given by flags and environment, an absolute work folder, and never the join code', () => {
  const env = { HOME: '/home/anna', DIST_AGENT_CORES: '4', DIST_AGENT_JOIN: 'secret', DIST_AGENT_DRAIN_TIMEOUT: '1h', DIST_AGENT_ONCE: '1' }
  const command = parseCommand(
    ['--head', 'http://h:1', '--join', 'secret', '--cores', '2', '--name', 'b 7', '--install-service', '--output', '-'],
    env,
  )
  expect(command).toMatchObject({ kind: 'install', request: { output: '-', force: false, account: null }, options: { join: 'secret' } })
  expect(command.kind === 'install' && [...command.args].sort()).toEqual(
    [
      '--work',
      '/home/anna/.local/state/dist/agent',
      '--head',
      'http://h:1',
      '--cores',
      '2',
      '--drain-timeout',
      '1h',
      '--name',
      'b 7',
    ].sort(),
  )
  expect(() => parseCommand(['--once', '--install-service'], env)).toThrow(/--once/)
})
