import { expect, test } from 'vitest'
import { gitText, provenanceText } from './provenance-text.ts'

const git = { commit: '1234567890abcdef'.padEnd(40, '0'), branch: 'main', dirty: false, untracked: 0, remote: null }
const told = { user: 'anna', host: 'desk', version: '0.1.0', git, set: {} }

test.each([
  [git, 'commit 1234567890 on main'],
  [{ ...git, dirty: true, branch: null }, 'commit 1234567890 with uncommitted changes'],
  [{ ...git, dirty: true, untracked: 2 }, 'commit 1234567890 on main with uncommitted changes and 2 inputs that git does not know'],
  [{ ...git, dirty: null }, 'commit 1234567890 on main, changes unknown'],
  [{ ...git, commit: null, untracked: 1 }, 'a tree without a commit on main with 1 input that git does not know'],
  [{ ...git, branch: 'a\u001b[31m' }, 'commit 1234567890 on a\ufffd[31m'],
])('%j is told as %s', (state, text) => {
  expect(gitText({ ...told, git: state })).toBe(text)
})

test('who, with what, and what was set', () => {
  expect(provenanceText({ ...told, git: null, set: { alpha: 0.5, list: [1], name: 'x' } })).toBe(
    'anna@desk with dist 0.1.0, --set alpha=0.5, --set list=[1], --set name=x',
  )
})
