// A backup is taken while jobs run; the head is killed, its data lost, the backup put in place: agents come back, all ends.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256File } from '../../shared/files/digest.ts'
import type { BackupSeal } from '../../shared/model/backup.ts'
import type { Manifest } from '../../shared/model/manifest.ts'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { writeJobset } from '../support/jobset-file.ts'
import { ended, findJobset, jobsOf, running } from '../support/jobset-state.ts'
import { isAlive } from '../support/processes.ts'
import { until } from '../support/until.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

/** A job of each kind of result: it leaves its process id in `runs`, then waits for `go`. */
function jobset(batch: string, jobs: number, waits: boolean): string {
  const script = [
    'import os, sys, time',
    `open(${JSON.stringify(join(head.root, `${batch}.runs`))}, "a").write(f"{os.getpid()} {os.environ['DIST_ATTEMPT']}\\n")`,
    ...(waits ? [`while not os.path.exists(${JSON.stringify(join(head.root, 'go'))}): time.sleep(0.02)`] : []),
    'print(os.environ["DIST_JOB"], flush=True)',
    'os.makedirs("distribute_save/sub/empty")',
    'open("distribute_save/sub/large.bin", "wb").write(os.urandom(300_000))',
    'os.symlink("sub/large.bin", "distribute_save/link")',
    '',
  ].join('\n')
  return writeJobset(join(head.root, 'jobs'), { batch, script, jobs })
}

const runs = (batch: string): string[][] => {
  const file = join(head.root, `${batch}.runs`)
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
    : []
}

test('a backup taken while jobs run brings a lost head back: agents return, everything ends, no attempt twice', async () => {
  await startAgent(head, { cores: 1 })
  await distOk(head, ['add', jobset('before', 3, false)])
  await ended(head, 'before')
  await distOk(head, ['add', jobset('during', 2, true)])
  await running(head, 'during')

  const folder = join(head.root, 'copy')
  const told = JSON.parse(await distOk(head, ['backup', folder, '--json'])) as { files: number; lackingCount: number }
  expect(told).toMatchObject({ lackingCount: 0 })
  expect(told.files).toBeGreaterThan(6)
  const events = await followed(head, 1)
  const before = await findJobset(head, 'before')

  // what this head does from now on is lost
  appendFileSync(join(head.root, 'go'), '')
  await ended(head, 'during')
  unlinkSync(join(head.root, 'go'))
  const lost = writeJobset(join(head.root, 'jobs'), { batch: 'after', jobs: 1, script: script() })
  await distOk(head, ['add', lost])
  await until('a job runs that the backup does not know', () => runs('after').length === 1)
  const newest = await lastEvent(head)
  expect(newest).toBeGreaterThan(events)
  await head.kill('SIGKILL')
  rmSync(head.data, { recursive: true })
  renameSync(folder, head.data)
  await head.restart()

  // stop and forget: the attempt issued after the backup ends
  const [stranger] = runs('after')
  await until('its process is gone', () => !isAlive(Number(stranger?.[0])))
  await expect(findJobset(head, 'after')).rejects.toThrow(/no jobset/)
  appendFileSync(join(head.root, 'go'), '')
  expect((await ended(head, 'during')).state).toBe('succeeded')
  expect((await jobsOf(head, 'during')).map(({ state }) => state)).toEqual(['succeeded', 'succeeded'])
  const attempts = [...runs('during'), ...runs('before'), ...runs('after')].map(([, attempt]) => attempt)
  expect(new Set(attempts).size).toBe(attempts.length)

  // results of before are there, with the hashes that were committed
  const { results } = await head.api<{ results: { name: string; manifest: Manifest }[] }>('GET', `/jobsets/${before.id}/results`)
  expect(results).toHaveLength(3)
  for (const { name, manifest } of results) {
    const files = manifest.filter((entry) => entry.kind === 'file')
    expect(files.map(({ path }) => path)).toContain('sub/large.bin')
    for (const file of files) {
      expect((await sha256File(join(head.data, 'results/test/before', name, file.path))).sha256).toBe(file.sha256)
    }
  }
  await distOk(head, ['pull', 'test/before', '--save-dir', join(head.root, 'pulled')])

  // whoever followed the head before begins anew, from old positions and from those that only the lost head gave
  for (const position of [events, newest]) expect(await firstEvent(head, position)).toBe('reset')
  expect(existsSync(join(head.data, 'restored.json'))).toBe(true)
  // and once is enough: a second start is no second restore
  await head.restart()
  expect(await firstEvent(head, (await lastEvent(head)) - 1)).not.toBe('reset')
})

function script(): string {
  return [
    'import os, time',
    `open(${JSON.stringify(join(head.root, 'after.runs'))}, "a").write(f"{os.getpid()} {os.environ['DIST_ATTEMPT']}\\n")`,
    'time.sleep(600)',
    '',
  ].join('\n')
}

test('a backup that was not copied whole is refused at start, and nothing is changed', async () => {
  await startAgent(head)
  await distOk(head, ['add', jobset('small', 1, false)])
  await ended(head, 'small')
  const folder = join(head.root, 'copy')
  await distOk(head, ['backup', folder])
  const seal = JSON.parse(readFileSync(join(folder, 'backup.json'), 'utf8')) as BackupSeal
  unlinkSync(join(folder, 'results/test/small/job_0/sub/large.bin'))
  const again = await dist(head, ['serve', '--data', folder, '--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0'])
  expect(again.code).toBe(1)
  expect(again.stderr).toContain(`${seal.files - 1} files`)
  expect(again.stderr).toContain('copy the backup into place again')
  expect(existsSync(join(folder, 'backup.json'))).toBe(true)
})

test('a backup never writes over a folder, and is for administrators', async () => {
  const folder = join(head.root, 'there')
  mkdirSync(join(folder, 'x'), { recursive: true })
  expect(await dist(head, ['backup', folder])).toMatchObject({ code: 1, stderr: expect.stringContaining('not empty') })
  const { secret } = JSON.parse(await distOk(head, ['token', 'create', '--role', 'user', '--name', 'anna', '--json'])) as { secret: string }
  const refused = await dist(head, ['backup', join(head.root, 'new')], { token: secret })
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('this needs admin')
  expect(existsSync(join(head.root, 'new'))).toBe(false)
})

/** Text of the event stream from `after` on, until `done` says that it is enough. */
async function stream(of: Head, after: number, done: (text: string) => boolean): Promise<string> {
  const abort = new AbortController()
  const reply = await fetch(`${of.url}/api/v1/events`, {
    headers: { authorization: `Bearer ${of.token}`, 'last-event-id': String(after) },
    signal: abort.signal,
  })
  let text = ''
  for await (const chunk of reply.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString()
    if (done(text)) break
  }
  abort.abort()
  return text
}

/** A position in the middle of the log. */
async function followed(of: Head, after: number): Promise<number> {
  const text = await stream(of, after, (seen) => (seen.match(/^id: \d+$/gm) ?? []).length >= 3)
  return Number(/^id: (\d+)$/m.exec(text)?.[1])
}

/** Number of the newest event, by asking for one from the future. */
async function lastEvent(of: Head): Promise<number> {
  const text = await stream(of, 999_999_999_999_999, (seen) => seen.includes('event: reset'))
  return Number(/"newest":(\d+)/.exec(text)?.[1])
}

async function firstEvent(of: Head, after: number): Promise<string> {
  const text = await stream(of, after, (seen) => /^event: \w+$/m.test(seen))
  return /^event: (\w+)$/m.exec(text)?.[1] ?? ''
}
