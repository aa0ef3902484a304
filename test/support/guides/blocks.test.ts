import { expect, test } from 'vitest'
import { firstMissing, stepsOf } from './blocks.ts'

const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n`

test('commands, their output, files and what cannot run, in the order of the guide', () => {
  const guide = [
    fence('yaml file=jobs.yaml', 'a: 1'),
    fence('sh status=2', 'dist check x.yaml'),
    fence('text', 'line 1\n…'),
    fence('sh role=head no-test="needs systemd here"', 'systemctl start x'),
    fence('yaml', 'only: shown'),
  ]
  expect(stepsOf(guide.join('\nwords\n\n'))).toEqual([
    { kind: 'file', line: 1, role: '', path: 'jobs.yaml', text: 'a: 1\n' },
    { kind: 'run', line: 7, role: '', commands: 'dist check x.yaml\n', status: 2, shown: ['line 1'] },
    { kind: 'skip', line: 20, reason: 'needs systemd here' },
  ])
})

test.each([
  ['indented commands', 'words\n\n    dist add x\n', 'line 3: indented code'],
  ['a fence that is never closed', '```sh\ndist add x\n', 'line 1: this fence is never closed'],
  ['another name for sh', fence('bash', 'dist add x'), 'line 1: call it sh'],
  ['no name', fence('', 'dist add x'), 'line 1: call it sh'],
  ['no reason', fence('sh no-test', 'dist add x'), 'line 1: no-test wants a reason'],
  ['a misspelt word', fence('sh no_test="sudo is needed"', 'dist add x'), 'line 1: \'no_test="sudo is needed"\' means nothing'],
  ['nothing to wait for', fence('sh background', 'dist up'), 'line 1: a text block below'],
])('what would hide commands from the test is refused: %s', (_, guide, message) => {
  expect(() => stepsOf(guide)).toThrow(message)
})

test('shown lines must be printed in their order; blanks do not count and … is anything', () => {
  const printed = 'NAME    STATE\nre_100  done in 12 s\nre_200  done in 9 s\n'
  expect(firstMissing(['NAME STATE', 're_200 done in … s'], printed)).toBe(null)
  expect(firstMissing(['re_200 done …', 're_100 done …'], printed)).toBe('re_100 done …')
  expect(firstMissing(['re_200 done'], printed)).toBe('re_200 done')
  expect(firstMissing(['re_2.0 done …'], printed)).toBe('re_2.0 done …')
})
