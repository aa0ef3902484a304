// Results come home: what the original's check_pull looks at, other attempts, and pulls that are killed again and again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256FileSync } from '../../shared/files/digest.ts'
import { walkFolder } from '../../shared/files/walk.ts'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { ended } from '../support/jobset-state.ts'
import { programArgv } from '../support/programs.ts'

let head: Head
const many = 300
const largeBytes = 6_000_000

beforeAll(async () => {
  head = await startHead()
  await startAgent(head, { cores: 2 })
  const save = 'distribute_save'
  const small = `for i in $(seq ${many}); do head -c 4096 /dev/urandom > ${save}/f_$i; done`
  const jobs = [
    { name: 'job_1', run: `: > ${save}/file1.txt; mkdir -p ${save}/hollow ${save}/sub; echo 1 > ${save}/sub/a; ln -s sub/a ${save}/link` },
    { name: 'job_2', run: `${small}; head -c ${largeBytes} /dev/urandom > ${save}/large.bin` },
    {
      name: 'job_3',
      run: `echo $DIST_ATTEMPT > ${save}/file3.txt; mkdir ${head.root}/tried || exit 0; exit 1`,
      retries: { max: 1, on: ['exit'], backoff: '0s' },
    },
  ]
  const file = join(head.root, 'jobs.yaml')
  writeFileSync(file, JSON.stringify({ meta: { batch_name: 'sweep', namespace: 'test', capabilities: [] }, shell: { jobs } }))
  await distOk(head, ['add', file])
  expect(await ended(head, 'sweep')).toMatchObject({ state: 'succeeded' })
})

afterAll(() => head.stop())

/** Path to hash (of links: target) of everything below a folder. */
function tree(folder: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of walkFolder(folder)) {
    if (entry.path.startsWith('.attempts') || entry.path.startsWith('.pull')) continue
    found[entry.path] =
      entry.kind === 'file' ? sha256FileSync(entry.absolute).sha256 : entry.kind === 'link' ? readlinkSync(entry.absolute) : entry.kind
  }
  return found
}

const onHead = () => tree(join(head.data, 'results/test/sweep'))

test('check_pull: a file whose inputs are gone and whose jobs are none names the results; what is empty survives', async () => {
  const folder = join(head.root, 'elsewhere')
  mkdirSync(folder)
  const gone = { initialize: { build_file: 'not/there.py' }, jobs: [] }
  writeFileSync(
    join(folder, 'jobs.yaml'),
    JSON.stringify({ meta: { batch_name: 'sweep', namespace: 'test', capabilities: [] }, python: gone }),
  )
  await distOk(head, ['pull', '--save-dir', 'saved'], { cwd: folder })
  expect(tree(join(folder, 'saved/sweep'))).toEqual(onHead())
  expect(tree(join(folder, 'saved/sweep'))).toMatchObject({ 'job_1/hollow': 'folder', 'job_1/link': 'sub/a' })
  expect(existsSync(join(folder, 'saved/sweep/.attempts'))).toBe(false)
})

test('--attempts brings the attempt that failed', async () => {
  const printed = await distOk(head, ['pull', 'test/sweep', '--save-dir', 'attempts', '--attempts', '--include', 'file3'])
  expect(printed).toContain('3 jobs and 1 other attempt, 2 files fetched')
  const folder = join(head.root, 'attempts/sweep')
  expect(sha256FileSync(join(folder, '.attempts/job_3/1/file3.txt'))).toEqual(
    sha256FileSync(join(head.data, 'results/test/sweep/.attempts/job_3/1/file3.txt')),
  )
  expect(sha256FileSync(join(folder, 'job_3/file3.txt')).sha256).not.toBe(
    sha256FileSync(join(folder, '.attempts/job_3/1/file3.txt')).sha256,
  )
})

test('a pull that is killed at ten points and repeated fetches only the rest, and is whole in the end', async () => {
  const content = many * 4096 + largeBytes
  const line = await slowLine(head.url)
  try {
    // anywhere, in order; each pull goes on where the one before it was killed
    const points = Array.from({ length: 10 }, () => Math.random() * content * 0.97).sort((a, b) => a - b)
    for (const point of points) {
      const child = startPull(line.url)
      line.at(point, () => child.kill('SIGKILL'))
      const [, signal] = await once(child, 'exit')
      expect([signal, points]).toEqual(['SIGKILL', points])
      // nothing is there by halves
      const known = onHead()
      const folder = join(head.root, 'killed/sweep')
      for (const [path, hash] of Object.entries(existsSync(folder) ? tree(folder) : {})) expect([path, hash]).toEqual([path, known[path]])
    }
    const [code] = await once(startPull(line.url), 'exit')
    expect(code).toBe(0)
    expect(tree(join(head.root, 'killed/sweep'))).toEqual(onHead())
    expect(existsSync(join(head.root, 'killed/sweep/.pull'))).toBe(false)
    // each of eleven lists, and loses what was on the line or not yet written; from the start each time it were 40 MB
    const overhead = (points.length + 1) * (many * 250 + 700_000)
    expect(line.sent(), `killed at ${points.join(', ')}`).toBeLessThan(content + overhead)
  } finally {
    await line.stop()
  }
})

function startPull(url: string) {
  const [command, ...leading] = programArgv('cli')
  const env = { PATH: plainPath, HOME: join(head.root, 'home'), DIST_HEAD: url, DIST_TOKEN: head.token }
  return spawn(command, [...leading, 'pull', 'test/sweep', '--save-dir', join(head.root, 'killed')], { env, stdio: 'ignore' })
}

interface SlowLine {
  readonly url: string
  /** bytes that the head's answers had so far */
  readonly sent: () => number
  /** calls back once, when so many were sent */
  readonly at: (bytes: number, act: () => void) => void
  readonly stop: () => Promise<void>
}

/** A way to the head on which never much more than one chunk is under way, so that what is sent has nearly arrived. */
async function slowLine(url: string): Promise<SlowLine> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let sent = 0
  let mark: { readonly bytes: number; readonly act: () => void } | null = null
  const look = () => {
    if (mark === null || sent < mark.bytes) return
    const { act } = mark
    mark = null
    act()
  }
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    near.pipe(far)
    far.on('data', (chunk) => {
      far.pause()
      sent += chunk.length
      near.write(chunk, () => setTimeout(() => far.resume(), 1))
      look()
    })
    far.on('end', () => near.end())
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        for (const one of [near, far]) one.destroy()
        open.delete(socket)
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    at: (bytes, act) => {
      mark = { bytes, act }
      look()
    },
    stop: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
