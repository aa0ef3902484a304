// Contents on their way into a draft: resumed, cut, wrong, too large, in strange tars.
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { pack } from 'tar-stream'
import { expect, test } from 'vitest'
import { until } from '../../test/support/until.ts'
import { type TestHead, withHead } from './test-support.ts'
import { type Content, content, draftBody, draftId, file, putPiece, putTar, tarOf } from './test-support-drafts.ts'

const draft = draftId(1)

async function open(head: TestHead, ...contents: Content[]): Promise<string> {
  const token = await head.token('user')
  const files = contents.map((of, i) => file(`f${i}`, of))
  expect((await head.call('POST', '/drafts', { token, json: draftBody(draft, { files }) })).status).toBe(201)
  return token
}

async function missing(head: TestHead, token: string): Promise<{ sha256: string; have: number }[]> {
  return (await head.call('GET', `/drafts/${draft}/missing`, { token })).json['missing'] as { sha256: string; have: number }[]
}

/** Sends the beginning of a body of an announced length, then cuts the connection. */
function sendAndCut(
  head: TestHead,
  token: string,
  method: string,
  path: string,
  type: string,
  bytes: Buffer,
  announced: number,
): Promise<void> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type, 'content-length': announced }
    const call = request(`${head.url}/api/v1${path}`, { method, headers })
    call.on('error', () => undefined)
    call.on('close', () => resolve())
    call.write(bytes, () => call.destroy())
  })
}

test('an upload that was cut goes on where it stopped', async () => {
  await withHead(async (head) => {
    const large = content(randomBytes(3 << 20))
    const token = await open(head, large)
    const path = `/drafts/${draft}/blobs/${large.sha256}?offset=0`
    await sendAndCut(head, token, 'PUT', path, 'application/octet-stream', large.data.subarray(0, 1 << 20), large.size)
    const have = await until('a part is here', async () => (await missing(head, token))[0]?.have || null)
    expect(have).toBeLessThanOrEqual(1 << 20)
    const rest = await putPiece(head, token, draft, large.sha256, have, large.data.subarray(have))
    expect(rest.json).toEqual({ have: large.size, whole: true })
    expect(await missing(head, token)).toEqual([])
    expect(readFileSync(head.blobs.pathOf(large.sha256 as never)).equals(large.data)).toBe(true)
    expect(head.errors).toEqual([])
  })
})

test('a piece may begin before the end of what is here, not after it', async () => {
  await withHead(async (head) => {
    const large = content('0123456789')
    const token = await open(head, large)
    await putPiece(head, token, draft, large.sha256, 0, Buffer.from('01234xxx'))
    const gap = await putPiece(head, token, draft, large.sha256, 9, Buffer.from('9'))
    expect([gap.code, gap.json['error']]).toEqual(['bad_offset', expect.objectContaining({ ids: { have: 8 } })])
    expect((await putPiece(head, token, draft, large.sha256, 5, Buffer.from('56789'))).json).toEqual({ have: 10, whole: true })
    expect((await putPiece(head, token, draft, large.sha256, 0, Buffer.from('again'))).json).toEqual({ have: 10, whole: true })
  })
})

test('bytes with another hash are refused and not kept', async () => {
  await withHead(async (head) => {
    const large = content('0123456789')
    const token = await open(head, large)
    expect((await putPiece(head, token, draft, large.sha256, 0, Buffer.from('012345678x'))).code).toBe('hash_mismatch')
    expect(await missing(head, token)).toEqual([{ sha256: large.sha256, size: 10, have: 0 }])
    expect((await putPiece(head, token, draft, content('other').sha256, 0, Buffer.from('other'))).code).toBe('not_found')
  })
})

test('an upload larger than announced is cut off, and the client is told', async () => {
  await withHead(async (head) => {
    const large = content('0123456789')
    const token = await open(head, large)
    const answer = await putPiece(head, token, draft, large.sha256, 0, Buffer.alloc(4 << 20))
    expect([answer.status, answer.code]).toEqual([413, 'too_large'])
    expect((await missing(head, token))[0]?.have).toBe(0)
  })
})

test('a newer upload of the same content takes over from one that hangs', async () => {
  await withHead(async (head) => {
    const large = content('0123456789')
    const token = await open(head, large)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream', 'content-length': large.size }
    const hanging = request(`${head.url}/api/v1/drafts/${draft}/blobs/${large.sha256}?offset=0`, { method: 'PUT', headers })
    const cut = new Promise<void>((resolve) => hanging.on('error', () => resolve()).on('close', () => resolve()))
    hanging.write('01234')
    await until('five bytes are here', async () => (await missing(head, token))[0]?.have === 5)
    expect((await putPiece(head, token, draft, large.sha256, 5, Buffer.from('56789'))).json).toEqual({ have: 10, whole: true })
    await cut
  })
})

test('what arrived whole of a tar counts when the stream breaks', async () => {
  await withHead(async (head) => {
    const contents = ['a', 'b', 'c'].map((text) => content(text.repeat(2000)))
    const token = await open(head, ...contents)
    const tar = await tarOf(...contents)
    await sendAndCut(
      head,
      token,
      'POST',
      `/drafts/${draft}/blobs`,
      'application/x-tar',
      tar.subarray(0, 512 + 2048 + 512 + 2048 + 600),
      tar.length,
    )
    await until('two are here', async () => (await missing(head, token)).length === 1)
    expect((await putTar(head, token, draft, tar)).json).toEqual({ stored: 1 })
    expect(readdirSync(join(head.folder, 'blobs', 'tmp'))).toEqual([])
  })
})

const wanted = content('wanted')
const badTars: readonly (readonly [string, () => Promise<Buffer>, string])[] = [
  ['bytes of another hash', () => tarOf({ ...wanted, data: Buffer.from('wantex') }), 'hash_mismatch'],
  ['another size than announced', () => tarOf({ ...content('longer than wanted'), name: wanted.sha256 }), 'hash_mismatch'],
  ['a content that the draft does not name', () => tarOf(content('other')), 'bad_archive'],
  ['a name that is no hash', () => tarOf({ ...wanted, name: 'a.txt' }), 'bad_archive'],
  ['a path that leads out', () => tarOf({ ...wanted, name: `../${wanted.sha256}` }), 'bad_path'],
  ['an absolute path', () => tarOf({ ...wanted, name: `/${wanted.sha256}` }), 'bad_path'],
  ['a link', () => odd({ name: wanted.sha256, type: 'symlink', linkname: '/etc/passwd' }), 'bad_archive'],
  ['a hard link', () => odd({ name: wanted.sha256, type: 'link', linkname: 'x' }), 'bad_archive'],
  ['a device', () => odd({ name: wanted.sha256, type: 'character-device' }), 'bad_archive'],
  ['no tar at all', async () => randomBytes(2000), 'bad_archive'],
  ['a tar without its end', async () => (await tarOf(wanted)).subarray(0, 1024), 'bad_archive'],
]

async function odd(header: { name: string; type: 'symlink' | 'link' | 'character-device'; linkname?: string }): Promise<Buffer> {
  const tar = pack()
  tar.entry(header)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

test.for(badTars)('a tar with %s is refused', async ([, make, code]) => {
  await withHead(async (head) => {
    const token = await open(head, wanted)
    const answer = await putTar(head, token, draft, await make())
    expect(answer.code).toBe(code)
    expect(answer.status).toBeLessThan(500)
    expect(readdirSync(join(head.folder, 'blobs', 'tmp'))).toEqual([])
  })
})
