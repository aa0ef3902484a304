// Gathering what a trial left: nothing is judged before all that its job sent is there.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AttemptId } from '../../shared/model/ids.ts'
import { HttpClient } from '../../shared/net/http.ts'
import type { Event } from '../core/event.ts'
import type { Exit } from '../core/work.ts'
import { Bearer } from '../head/bearer.ts'
import { FramesFile, framesPath } from '../launcher/frames-file.ts'
import { writeTrialNote } from '../stage/trial-note.ts'
import { Delivery } from './delivery.ts'

const id = 'a'.repeat(32) as AttemptId
const usage = { wallSeconds: 1, userSeconds: 1, systemSeconds: 0, peakMemory: 1, memorySource: 'rusage' }
const exit: Exit = { status: 256, why: null, outOfMemory: false, usage, output: new Uint8Array(), files: [], folders: [], notices: [] }

test('what is still on its way when the job has ended counts, and what of it could not be kept is told', async () => {
  const attempts = mkdtempSync(join(tmpdir(), 'dist-delivery-'))
  onTestFinished(() => rmSync(attempts, { recursive: true }))
  const folder = join(attempts, id)
  mkdirSync(folder)
  writeTrialNote(folder, { trial: { number: 0, label: 's_0', params: [] }, metrics: [{ name: 'loss', mode: 'min' }] })
  const listening = {
    drain: async () => {
      const file = new FramesFile(framesPath(folder))
      file.append('{"loss": 4}')
      await file.close()
      return 'the last one was not kept'
    },
  }
  const events: Event[] = []
  const http = new HttpClient({ base: 'http://127.0.0.1:1', token: () => null, userAgent: 'test' })
  onTestFinished(() => http.close())
  const { signal } = new AbortController()
  const it = new Delivery({ http, bearer: new Bearer(), attempts, listening, signal, dispatch: (event) => events.push(event) })
  await it.collect(id, exit)
  const [event] = events
  if (event?.kind !== 'collected') throw new Error('it was not collected')
  expect(event.left.trial?.end).toEqual({ kind: 'reported', values: [4], warning: 'failed: exit code 1' })
  expect(event.left.notices).toEqual(['the last one was not kept'])
  expect(event.left.body.kind === 'small' && event.left.body.files.map(({ path }) => path)).toEqual(['s_0.out'])
})
