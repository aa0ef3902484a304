// What a client cannot make the head do: read endless bodies, or tell what is inside.
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { DistError } from '../../shared/base/errors.ts'
import { asDistError, errorBody } from './reply-error.ts'
import { withHead } from './test-support.ts'
import { content, draftBody, draftId, putPiece, putTar, tarOf } from './test-support-drafts.ts'

test('an upload without a token is answered at once and cut off when it goes on', async () => {
  await withHead(async (head) => {
    const gigabyte = 1 << 30
    const headers = { 'content-type': 'application/x-tar', 'content-length': 4 * gigabyte }
    const call = request(`${head.url}/api/v1/drafts/${'0'.repeat(32)}/blobs`, { method: 'POST', headers })
    const status = new Promise((resolve) => call.on('response', (reply) => resolve(reply.resume().statusCode)))
    const cut = new Promise<void>((resolve) => call.on('error', () => resolve()).on('close', () => resolve()))
    const chunk = Buffer.alloc(1 << 20)
    let sent = 0
    let open = true
    void cut.then(() => {
      open = false
    })
    while (open && sent < gigabyte) {
      sent += chunk.length
      const more = call.write(chunk)
      await Promise.race([cut, more ? new Promise(setImmediate) : new Promise((resolve) => call.once('drain', resolve))])
    }
    expect(await status).toBe(401)
    expect(sent).toBeLessThan(64 << 20)
  })
})

test.for(['ENOSPC', 'EDQUOT'])('a disk that is full (%s) is 507 and says what to do', (code) => {
  const error = asDistError(Object.assign(new Error('write'), { code }))
  expect([error.status, error.code, error.hint]).toEqual([507, 'disk_full', expect.stringMatching(/free space/)])
})

test('uploads are refused before the disk is full, and go on when there is room again', async () => {
  await withHead(async (head) => {
    const token = await head.token('user')
    const large = content('0123456789')
    await head.call('POST', '/drafts', { token, json: draftBody(draftId(1), { build: large }) })
    const real = head.space
    head.space = { assertFor: (bytes) => real.assertFor(bytes + 2 ** 60), isLow: () => true, free: () => 0 }
    const answer = await putPiece(head, token, draftId(1), large.sha256, 0, large.data)
    expect([answer.status, answer.code]).toEqual([507, 'disk_full'])
    expect((await putTar(head, token, draftId(1), await tarOf(large))).status).toBe(507)
    head.space = real
    expect((await putTar(head, token, draftId(1), await tarOf(large))).json).toEqual({ stored: 1 })
  })
})

test('what was not meant for the client stays on the head', async () => {
  const body = JSON.stringify(errorBody(asDistError(new Error('SELECT secret FROM token at /home/x'))))
  expect(body).toBe('{"error":{"code":"bug","message":"something went wrong on the head","hint":"its log has the details"}}')
  expect(errorBody(new DistError('not_found', 'no', { ids: { job: 1 } }))).toEqual({
    error: { code: 'not_found', message: 'no', ids: { job: 1 } },
  })
  await withHead(async (head) => {
    const token = await head.token('observer')
    head.store.db.exec('ALTER TABLE job RENAME TO job_gone')
    const answer = await head.call('GET', '/jobs/1/log', { token })
    expect([answer.status, answer.message]).toEqual([500, 'something went wrong on the head'])
    expect(head.errors).toEqual([expect.stringMatching(/no such table: job/)])
  })
})
