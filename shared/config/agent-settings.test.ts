import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAgentSettings } from './agent-settings.ts'

test('name, capabilities and cores are read as they are written', () => {
  expect(parseAgentSettings('name: 007\ncapabilities: [gfortran, cuda=12.20, 3]\ncores: 8\n')).toEqual({
    settings: { name: '007', capabilities: ['gfortran', 'cuda=12.20', '3'], cores: 8 },
    problems: [],
  })
})

test('the key for builds, the size of the cache and the address for trials are read', () => {
  expect(parseAgentSettings('git_ssh_key: keys/read\ncache_size: 2GiB\nanswer_address: 10.0.0.16\n').settings).toEqual({
    gitSshKey: 'keys/read',
    cacheSize: 2 * 1024 ** 3,
    answerAddress: '10.0.0.16',
  })
})

test('slots and GPUs are counted, probes are commands by word', () => {
  const text = 'slots: 4\ngpus: 0\nprobes:\n  gfortran: gfortran -dumpversion\n  mpi: "mpirun --version"\n'
  expect(parseAgentSettings(text)).toEqual({
    settings: { slots: 4, gpus: 0, probes: { gfortran: 'gfortran -dumpversion', mpi: 'mpirun --version' } },
    problems: [],
  })
})

test.each(['', '# nothing yet\n', '{}', 'name: ~\ncapabilities: ~\ncores: ~\ngit_ssh_key: ~\n'])('%j says nothing and is fine', (text) => {
  expect(parseAgentSettings(text)).toEqual({ settings: {}, problems: [] })
})

test('an empty list is not the same as no list', () => {
  expect(parseAgentSettings('capabilities: []').settings).toEqual({ capabilities: [] })
})

test.each([
  ['nmae: x', "1:1: nmae: unknown key 'nmae' | did you mean 'name'?"],
  ['namespace: x', "1:1: namespace: unknown key 'namespace' | did you mean 'name'?"],
  [
    'colour: x',
    "1:1: colour: unknown key 'colour' | known here: name, capabilities, probes, cores, slots, gpus, git_ssh_key, cache_size, answer_address",
  ],
  ['cache_size: lots', '1:13: cache_size: expected an amount of bytes, found text | write for example 20GiB'],
  ['name: a/b', "1:7: name: a name must not contain '/' | use letters, digits, and signs like _ - + = . inside"],
  ['capabilities: gpu', '1:15: capabilities: expected a list, found text | write a list: [gfortran, cuda=12.2]'],
  [
    'capabilities: ["cuda>=12"]',
    "1:16: capabilities[0]: 'cuda>=12' is nothing that a node can have | write a word like gfortran, or word=value like cuda=12.2",
  ],
  ['cores: 0', '1:8: cores: expected a number of cores, 1 to 65536, found a number | undefined'],
  ['slots: 0', '1:8: slots: expected a whole number from 1 to 1024, found 0 | undefined'],
  ['gpus: -1', '1:7: gpus: expected a whole number from 0 to 64, found -1 | undefined'],
  ['probes: [a]', '1:9: probes: expected a mapping, found a list | write word: command, like gfortran: gfortran -dumpversion'],
  ['probes: {"a b": x}', "1:10: probes.a b: 'a b' is no word that a node can have | write a word like gfortran"],
  ['probes: {gcc: [x]}', '1:15: probes.gcc: expected a command, found a list | undefined'],
  ['cores: many', '1:8: cores: expected a number of cores, 1 to 65536, found text | undefined'],
  ['- a', '1:1: : expected a mapping, found a list | write name: … below it, indented'],
  ['name: @x', '1:7: : a value cannot begin with \'@\' in YAML | put it in quotes: "@x"'],
])('%s is refused', (text, expected) => {
  const { settings, problems } = parseAgentSettings(text)
  expect(settings).toBeNull()
  expect(problems.map((found) => `${found.line}:${found.column}: ${found.path}: ${found.message} | ${found.hint}`)).toEqual([expected])
})

test('random text never throws', () => {
  const piece = fc.constantFrom(
    'name',
    'cores',
    'capabilities',
    ':',
    ' ',
    '\n',
    '- ',
    '{',
    '[',
    ']',
    '"',
    '@',
    '!',
    '*a',
    '&a',
    '8',
    '~',
    '\t',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
      const { settings, problems } = parseAgentSettings(parts.join(''))
      expect(settings !== null).toBe(!problems.some(({ severity }) => severity === 'error'))
    }),
  )
})
