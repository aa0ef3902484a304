// How fast results come home: many small files, and one large file, each against tools of the system that move, hash and sync the
// same bytes over loopback in the same run. On a machine that others use too, look at the CPU seconds: the tools are more processes.
//   npx tsx bench/pull.ts [--files 10000] [--mib 2048] [--rounds 3] [--jobs 4] [--only small|large] [--on FOLDER] [--write]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { startAgent } from '../test/support/agent.ts'
import { distOk } from '../test/support/dist.ts'
import { type Head, plainPath, startHead } from '../test/support/head.ts'
import { ended } from '../test/support/jobset-state.ts'
import { programArgv } from '../test/support/programs.ts'
import { cpuMs, median } from './cpu.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({
  options: {
    files: { type: 'string' },
    mib: { type: 'string' },
    rounds: { type: 'string' },
    jobs: { type: 'string' },
    only: { type: 'string' },
    on: { type: 'string' },
    write: { type: 'boolean' },
  },
})
const files = Number(values.files ?? 10_000)
const mib = Number(values.mib ?? 2048)
const rounds = Number(values.rounds ?? 3)
const pullFlags = values.jobs === undefined ? [] : ['--jobs', values.jobs]

const small = `head -c ${files * 4096} /dev/urandom | split -b 4096 -a 6 -d - distribute_save/f_`
const large = `head -c ${mib * 2 ** 20} /dev/urandom > distribute_save/large.bin`

const head = await startHead()
// where both bring the files; nothing is removed before the end, because ext4 is slow to reuse what was just freed
const place = mkdtempSync(join(values.on ?? head.root, 'bench-pull-'))
let folders = 0
try {
  await startAgent(head, { name: 'node-1', cores: 2 })
  const result: Record<string, unknown> = { bench: 'pull', files, mib, rounds }
  if (values.only !== 'large') {
    const source = await makeBatch(head, 'small', small)
    result['small'] = await compare('small', () => tarCost(source))
  }
  if (values.only !== 'small') {
    const source = await makeBatch(head, 'large', large)
    result['large'] = await compare('large', () => catCost(join(source, 'job_1/large.bin')))
  }
  if (values.write === true) writeResult(result as { bench: string })
} finally {
  await head.stop()
  rmSync(place, { recursive: true, force: true })
}

/** Runs a jobset of one job; answers the head's folder of its results. */
async function makeBatch(of: Head, batch: string, run: string): Promise<string> {
  const folder = join(of.root, 'jobs')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${batch}.yaml`)
  const spec = { meta: { batch_name: batch, namespace: 'test', capabilities: [] }, shell: { jobs: [{ name: 'job_1', run }] } }
  writeFileSync(file, JSON.stringify(spec))
  await distOk(of, ['add', file])
  const { state } = await ended(of, batch, 600_000)
  if (state !== 'succeeded') throw new Error(`${batch} ended ${state}\n${of.report()}`)
  return join(of.data, 'results/test', batch)
}

interface Cost {
  /** s */
  readonly wall: number
  /** CPU seconds of all processes that took part */
  readonly cpu: number
}

/** Takes turns, so that both see the same machine. */
async function compare(batch: string, beside: () => Promise<Cost>): Promise<Record<string, unknown>> {
  const pulls: Cost[] = []
  const besides: Cost[] = []
  for (let round = 0; round < rounds; round++) {
    const other = await beside()
    const pull = await pullCost(batch)
    besides.push(other)
    pulls.push(pull)
    console.log(`${batch} ${round + 1}/${rounds}: pull ${text(pull)}, beside ${text(other)}`)
  }
  const ratio = (key: keyof Cost): number => median(pulls.map((one) => one[key])) / median(besides.map((one) => one[key]))
  const wall = ratio('wall')
  console.log(
    batch === 'small'
      ? `small: ${files} files of 4 KiB, pull takes ${wall.toFixed(2)}x of tar + openssl + sync (bar 1.5), CPU ${ratio('cpu').toFixed(2)}x`
      : `large: ${mib} MiB, pull has ${(1 / wall).toFixed(2)}x of the rate of cat + openssl (bar 0.8), CPU ${ratio('cpu').toFixed(2)}x`,
  )
  return { pulls, besides, wallRatio: Number(wall.toFixed(3)), cpuRatio: Number(ratio('cpu').toFixed(3)) }
}

function text({ wall, cpu }: Cost): string {
  return `${wall.toFixed(2)} s (CPU ${cpu.toFixed(2)} s)`
}

async function pullCost(batch: string): Promise<Cost> {
  const folder = join(place, `pulled-${++folders}`)
  const command = [...programArgv('cli'), 'pull', `test/${batch}`, '--save-dir', folder, ...pullFlags].join(' ')
  const before = cpuMs(head.pid)
  const { wall, cpu } = await timed(() => shell(command))
  return { wall, cpu: cpu + (cpuMs(head.pid) - before) / 1000 }
}

async function tarCost(source: string): Promise<Cost> {
  const folder = join(place, `tar-${++folders}`)
  mkdirSync(folder)
  return timed(async () => {
    const moved = await overLoopback(`tar -cf - -C ${source} .`, `tar -xf - -C ${folder}`)
    return moved + (await shell(`find ${folder} -type f -print0 | xargs -0 openssl dgst -sha256 > ${folder}.sums; sync -f ${folder}`))
  })
}

/** Hashed on both ends as the bytes pass, and synced: the file is as safe as a pulled one. */
async function catCost(source: string): Promise<Cost> {
  const file = join(place, `cat-${++folders}`)
  return timed(async () => {
    const hashed = (name: string): string => `tee >(openssl dgst -sha256 > ${file}.${name})`
    const moved = await overLoopback(`${hashed('sent')} < ${source}`, `${hashed('got')} > ${file}`)
    return moved + (await shell(`sync -f ${file}`))
  })
}

/** Connects the output of one command to the input of another through a TCP connection, which they hold themselves. */
async function overLoopback(from: string, to: string): Promise<number> {
  const server = createServer({ pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const connected = once(server, 'connection') as Promise<[Socket]>
  const sender = shell(`${from} > /dev/tcp/127.0.0.1/${(server.address() as AddressInfo).port}`)
  const [socket] = await connected
  const receiver = shell(to, socket)
  const costs = await Promise.all([sender, receiver])
  socket.destroy()
  server.close()
  return costs[0] + costs[1]
}

/** Runs a command; answers the CPU seconds of the shell and all that it started. */
async function shell(command: string, stdin: Socket | 'ignore' = 'ignore'): Promise<number> {
  const env = { PATH: plainPath, HOME: head.root, DIST_HEAD: head.url, DIST_TOKEN: head.token }
  const script = `set -o pipefail; ${command}; code=$?; [ -z "$!" ] || wait $!; times >&3; exit $code`
  const child = spawn('/bin/bash', ['--norc', '-c', script], { stdio: [stdin, 'inherit', 'inherit', 'pipe'], env })
  const chunks: Buffer[] = []
  ;(child.stdio[3] as Readable).on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command}: exit status ${code}`)
  const times = [
    ...Buffer.concat(chunks)
      .toString()
      .matchAll(/(\d+)m([\d.]+)s/g),
  ]
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0)
}

async function timed(act: () => Promise<number>): Promise<Cost> {
  const start = performance.now()
  const cpu = await act()
  return { wall: (performance.now() - start) / 1000, cpu }
}
