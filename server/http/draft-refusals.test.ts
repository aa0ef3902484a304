// What a client may not send into a draft; and that a refused request leaves nothing behind.
import { expect, test } from 'vitest'
import { withHead } from './test-support.ts'
import { content, draftBody, draftId, file, jobLine, lines, putJobs } from './test-support-drafts.ts'

const script = content('print()')
const good = jobLine('one', script)

const badLines: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', '{"name": \n', /line 1 is no JSON/],
  ['no job', lines(good, { name: 'two' }), /line 2 is no job: script/],
  ['the same name twice', lines(good, good), /jobs 1 and 2 have the same name "one"/],
  ['an empty name', lines({ ...good, name: '' }), /line 1 is no job: name/],
  ['a name with a slash', lines({ ...good, name: 'a/b' }), /job 1: a name must not contain '\/'/],
  ['a name that leads up', lines({ ...good, name: '..' }), /job 1: a name must not/],
  ['a hidden name', lines({ ...good, name: '.attempts' }), /job 1: a name must not begin with '.'/],
  ['a reserved name', lines({ ...good, name: 'logs' }), /'logs' is reserved/],
  ["the name of a build's log", lines({ ...good, name: 'sweep_build_output-x' }), /are reserved/],
  ['a file that leads out', lines(jobLine('one', script, [file('../x', script)])), /required_files: it has the part '..'/],
  ['an absolute file', lines(jobLine('one', script, [file('/etc/passwd', script)])), /it is absolute/],
  ['a file with NUL', lines(jobLine('one', script, [file('a\0b', script)])), /control character/],
  ['two files of one name', lines(jobLine('one', script, [file('a', script), file('a', script)])), /two files are called "a"/],
  [
    'a file below a file',
    lines(jobLine('one', script, [file('a', script), file('a/b', script)])),
    /"a" is a file and the folder of "a\/b"/,
  ],
  ['a bad hash', lines({ ...good, script: { ...good.script, sha256: 'AB' } }), /line 1 is no job: script.sha256/],
  ['one content in two sizes', lines(good, jobLine('two', { ...script, size: 3 })), /another size/],
  ['a job without script', lines({ ...good, script: null }), /job 1.file: does not go with the kind python/],
  ['a command in a python jobset', lines({ ...good, run: 'true' }), /job 1.run: does not go with the kind python/],
  ['a need that nobody has', lines({ ...good, needs: ['two'] }, jobLine('three', script)), /job 1 needs "two", and there is no such job/],
  [
    'a circle of needs',
    lines({ ...good, needs: ['two'] }, { ...jobLine('two', script), needs: ['one'] }),
    /need each other in a circle: one -> two -> one/,
  ],
  ['a variable of ours', lines({ ...good, options: { env: { DIST_CORES: '1' } } }), /job 1.env: names that begin with DIST_/],
  ['too few jobs', lines(good), /1 jobs came, 2 were announced/],
  ['too many jobs', lines(good, jobLine('two', script), jobLine('three', script)), /more jobs came than the 2/],
]

test.for(badLines)('%s is refused', async ([, body, message]) => {
  await withHead(async (head) => {
    const token = await head.token('user')
    await head.call('POST', '/drafts', { token, json: draftBody(draftId(1), { jobs: 2 }) })
    const answer = await putJobs(head, token, draftId(1), body)
    expect([answer.status, answer.code]).toEqual([400, 'bad_jobset'])
    expect(answer.message).toMatch(message)
    expect((await head.call('POST', `/drafts/${draftId(1)}/commit`, { token })).code).toBe('incomplete')
  })
})

function initialize(change: object): object {
  const body = draftBody(draftId(1))
  return { ...body, spec: { ...body.spec, initialize: { ...body.spec.initialize, ...change } } }
}

const badDrafts: readonly (readonly [string, object, RegExp])[] = [
  ['a batch name with a slash', draftBody(draftId(1), { batch: 'a/b' }), /batch_name/],
  ['a namespace that leads up', draftBody(draftId(1), { namespace: 'a..b' }), /namespace/],
  ['a hidden batch', draftBody(draftId(1), { batch: '.incoming' }), /batch_name/],
  ['an init file that leads out', draftBody(draftId(1), { files: [file('../../x', script)] }), /required_files/],
  ['a request id of another form', { ...draftBody(draftId(1)), requestId: '../x' }, /requestId/],
  ['an image in a python jobset', initialize({ sif: file('a.sif', script) }), /initialize.sif: does not go with the kind python/],
  ['a build command in a python jobset', initialize({ build: 'make' }), /initialize.build: does not go with the kind python/],
  [
    'a repository that is an option',
    initialize({ source: { kind: 'git', url: '--upload-pack=x', ref: null, submodules: false } }),
    /no address of a repository/,
  ],
  ['no jobs', draftBody(draftId(1), { jobs: 0 }), /has no jobs/],
]

test.for(badDrafts)('a draft with %s is refused', async ([, json, message]) => {
  await withHead(async (head) => {
    const answer = await head.call('POST', '/drafts', { token: await head.token('user'), json })
    expect(answer.status).toBe(400)
    expect(answer.message).toMatch(message)
    expect(head.store.db.prepare('SELECT count(*) FROM draft').pluck().get()).toBe(0)
  })
})

test('bodies above their limit are refused before they are read', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    const answer = await head.call('POST', '/tokens', { token, json: { name: 'x'.repeat(2 << 20), role: 'user' } })
    expect([answer.status, answer.code]).toEqual([413, 'too_large'])
    expect((await head.call('GET', `/status?limit=${'1'.repeat(20_000)}`, { token })).status).toBe(431)
  })
})

test('what is no JSON, or comes under another content type, is refused', async () => {
  await withHead(async (head) => {
    const token = await head.token('admin')
    const post = (raw: string, type: string) => head.call('POST', '/tokens', { token, raw, type })
    expect((await post('{"name"', 'application/json')).code).toBe('bad_request')
    expect((await post('{"name":"a","role":"user"}', 'text/plain')).code).toBe('bad_request')
    expect((await post('x', 'application/x-tar')).code).toBe('bad_request')
    expect((await post('{"name":"a","role":"node"}', 'application/json')).code).toBe('bad_request')
    expect(head.errors).toEqual([])
  })
})
