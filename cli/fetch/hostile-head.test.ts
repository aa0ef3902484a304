// A head that lies to `dist pull` about names and lists: nothing is written outside of the batch's folder, and nothing of the
// list that is refused. Lies about bytes are in hostile-bytes.test.ts.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sha256 } from '../../shared/files/digest.ts'
import type { FakeHead } from '../test-support/fake-head.ts'
import { runDist, type TestFolder } from '../test-support/run-dist.ts'
import { withFakeHead } from '../test-support/with-fake-head.ts'

let head: FakeHead
let folder: TestFolder
const data = Buffer.from('data')
const hash = sha256(data)

withFakeHead((...made) => {
  ;[head, folder] = made
  head.state.addJobset('anna', 'sweep', { job_1: { 'out.txt': data } })
})

const pull = (...argv: string[]) =>
  runDist(['pull', 'anna/sweep', '--save-dir', 'save/here', '--patience', '0', ...argv], {
    cwd: folder.path,
    env: { DIST_HEAD: head.url, DIST_TOKEN: head.token },
  })

/** Every path below the test folder, without `save/here/sweep`. */
function outside(): string[] {
  const all = readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
  return all.filter((path) => !`${path}/`.startsWith('save/here/sweep/')).sort()
}

const file = (path: unknown, more: object = {}) => ({ kind: 'file', path, size: data.length, mode: 0o644, sha256: hash, ...more })
const link = (path: string, target: unknown) => ({ kind: 'link', path, target })

const manifests: readonly [string, unknown][] = [
  ['a parent folder', [file('../out.txt')]],
  ['a parent folder inside', [file('a/../../out.txt')]],
  ['an absolute path', [file('/tmp/dist-cli-hostile')]],
  ['an empty path', [file('')]],
  ['an empty part', [file('a//b')]],
  ['a dot', [file('./a')]],
  ['a backslash', [file('..\\a')]],
  ['a NUL', [file('a\0b')]],
  ['a line break', [file('a\nb')]],
  ['a name that is too long', [file('x'.repeat(256))]],
  ['a path that is too long', [file(`${'x/'.repeat(600)}y`)]],
  ['a path that is no text', [file(['..'])]],
  ['no path', [file(undefined)]],
  ['the same path twice', [file('a'), file('a')]],
  ['a file that is a folder too', [file('a'), file('a/b')]],
  ['a file below a link', [link('a', '.'), file('a/b')]],
  ['a folder below a link', [link('a', '.'), { kind: 'folder', path: 'a/b' }]],
  ['a link to an absolute path', [link('a', '/etc/passwd')]],
  ['a link that leads out', [link('a', '../../x')]],
  ['a link that leads out through another link', [link('d', '.'), link('e', 'd/d/../..')]],
  ['a link with an empty target', [link('a', '')]],
  ['a link whose target is no text', [link('a', 7)]],
  ['a device', [{ kind: 'device', path: 'a' }]],
  ['a negative size', [file('a', { size: -1 })]],
  ['a fractional size', [file('a', { size: 1.5 })]],
  ['an endless size', [file('a', { size: 1e300 })]],
  ['a size that is text', [file('a', { size: '4' })]],
  ['a setuid mode', [file('a', { mode: 0o4755 })]],
  ['a hash that is a path', [file('a', { sha256: '../../../../evil' })]],
  ['a hash in capitals', [file('a', { sha256: hash.toUpperCase() })]],
  ['a hash that is no hash', [file('a', { sha256: 'x'.repeat(64) })]],
  ['a file in a folder that is a file', [file('a/b'), file('a')]],
  ['a link over a folder of files', [file('a/b'), link('a', 'c')]],
  ['a link out of a folder below', [link('d/a', '../../x')]],
  ['a link with a NUL', [link('a', 'b\0c')]],
  ['a fifo', [{ kind: 'fifo', path: 'a' }]],
  ['a hard link', [{ kind: 'hardlink', path: 'a', target: '/etc/passwd' }]],
  ['an entry that is text', ['a']],
  ['no list', { length: 1 }],
  ['an entry that is nothing', [null]],
]

test.each(manifests)('a manifest with %s is refused', async (_, manifest) => {
  head.lies.set('results', () => ({ json: { results: [{ job: 100, index: 0, name: 'job_1', manifest }], more: false } }))
  head.lies.set('fetchFiles', () => ({ bytes: Buffer.alloc(1024) }))
  const run = await pull()
  expect(run.code).toBe(1)
  expect(run.stderr).toMatch(/unsafe path|is refused/)
  expect(head.seen).not.toContain('fetchFiles')
  expect(outside()).toEqual(['save', 'save/here'])
  expect(readdirSync(folder.join('save/here/sweep'))).toEqual([])
})

test.each(['..', '.', '', 'a/b', '/abs', '.pull', 'a\0b', 7, null])('a job called %j is refused', async (name) => {
  head.lies.set('results', () => ({ json: { results: [{ job: 100, index: 0, name, manifest: [file('a')] }], more: false } }))
  const run = await pull()
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('unsafe job name')
  expect(outside()).toEqual(['save', 'save/here'])
})

test.each(['..', '../..', '/tmp', '.ssh', ''])('a batch called %j is refused', async (batch) => {
  const [jobset] = head.state.jobsets
  head.lies.set('findJobsets', () => ({ json: { jobsets: [{ ...jobset, batch }] } }))
  const run = await pull()
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('unsafe batch name')
  expect(outside()).toEqual([])
})

test.each<[string, object]>([
  ['whose job leads out', { name: '../../x' }],
  ['whose number leads out', { mark: '../../../x' }],
  ['with a folder in its number', { mark: 'a/b' }],
  ['that hides', { mark: '.ssh' }],
  ['without an id', { attempt: 7 }],
  ['whose files lead out', { manifest: [file('../../../evil')] }],
])('an attempt %s is refused', async (_, lie) => {
  const attempt = { job: 100, index: 0, name: 'job_1', attempt: 'a1', mark: '1', manifest: [file('a')], ...lie }
  head.lies.set('keptAttempts', () => ({ json: { attempts: [attempt], more: false } }))
  const run = await pull('--attempts')
  expect(run.code).toBe(1)
  expect(run.stderr).toMatch(/unsafe|is refused/)
  expect(outside()).toEqual(['save', 'save/here'])
})

test('a million jobs and more are refused', async () => {
  head.lies.set('results', () => ({ json: { results: [{ job: 100, index: 1_000_000, name: 'job_1', manifest: [] }], more: true } }))
  expect((await pull()).stderr).toContain('twice or out of order')
})

test('a job that is listed twice is refused', async () => {
  head.lies.set('results', () => ({
    json: { results: [0, 1].map((index) => ({ job: 100, index, name: 'job_1', manifest: [file('a')] })), more: false },
  }))
  expect((await pull()).stderr).toContain('twice or out of order')
})

test('pages that never end are noticed', async () => {
  head.lies.set('results', () => ({ json: { results: [{ job: 100, index: 0, name: 'job_1', manifest: [] }], more: true } }))
  expect((await pull()).stderr).toContain('twice or out of order')
})

test.each(['../../evil.txt', '.bashrc', 'job_1', 'a\0_build_output-x'])('a build output called %j is not written', async (outputFile) => {
  head.state.builds = [{ attempt: 'b1', node: 'n1', state: 'failed', startedAt: 1, finishedAt: 2, outcome: null, outputFile }]
  head.state.buildLogs.set('b1', Buffer.from('evil'))
  mkdirSync(folder.join('save'))
  writeFileSync(folder.join('save/evil.txt'), 'mine')
  expect((await pull()).code).toBe(0)
  expect(outside()).toEqual(['save', 'save/evil.txt', 'save/here'])
  expect(statSync(folder.join('save/evil.txt')).size).toBe(4)
})
