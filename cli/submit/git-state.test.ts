import { expect, test } from 'vitest'
import { readStatus, withoutCredentials } from './git-state.ts'

test.each([
  ['https://anna:secret@lab.org/x.git', 'https://lab.org/x.git'],
  ['https://ghp_token@lab.org:8443/x.git?private_token=1#a', 'https://lab.org:8443/x.git'],
  ['https://anna:se@cret@lab.org/x', 'https://lab.org/x'],
  ['ssh://git@lab.org/x.git', 'ssh://lab.org/x.git'],
  ['git@lab.org:anna/x.git', 'git@lab.org:anna/x.git'],
  ['/srv/git/x@y.git', '/srv/git/x@y.git'],
])('%s is recorded as %s', (address, recorded) => {
  expect(withoutCredentials(address)).toBe(recorded)
})

test('names with spaces, renames and conflicts are read, and a detached head has no branch', () => {
  const oid = 'a'.repeat(40)
  const records = [
    `# branch.oid ${oid}`,
    '# branch.head (detached)',
    `1 .M N... 100644 100644 100644 ${oid} ${oid} a file.py`,
    `2 R. N... 100644 100644 100644 ${oid} ${oid} R100 new name`,
    'old name',
    `u UU N... 100644 100644 100644 100644 ${oid} ${oid} ${oid} both.py`,
    '',
  ]
  expect(readStatus(records.join('\0'))).toEqual({ commit: oid, branch: null, changed: ['a file.py', 'new name', 'both.py'] })
})

test('before the first commit there is a branch and no commit', () => {
  expect(readStatus('# branch.oid (initial)\0# branch.head main\0')).toEqual({ commit: null, branch: 'main', changed: [] })
})
