// How fast results come home: many small files, and one large file, each against tools of the system that move, hash and sync the
// same bytes over loopback in the same run. The comparators get what they need already uncompressed on disk, as the head has it.
//   npx tsx bench/pull.ts [--files 10000] [--mib 2048] [--rounds 3] [--jobs 4] [--only small|large] [--on FOLDER] [--write]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startAgent } from '../test/support/agent.ts'
import { distOk } from '../test/support/dist.ts'
import { type Head, plainPath, startHead } from '../test/support/head.ts'
import { ended } from '../test/support/jobset-state.ts'
import { median } from './cpu.ts'
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
    result['small'] = await compare('small', () => tarSeconds(source))
  }
  if (values.only !== 'small') {
    const source = await makeBatch(head, 'large', large)
    result['large'] = await compare('large', () => catSeconds(join(source, 'job_1/large.bin')))
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

/** Takes turns, so that both see the same machine. */
async function compare(batch: string, beside: () => Promise<number>): Promise<Record<string, unknown>> {
  const pulls: number[] = []
  const besides: number[] = []
  for (let round = 0; round < rounds; round++) {
    besides.push(await beside())
    pulls.push(await pullSeconds(batch))
    console.log(`${batch} ${round + 1}/${rounds}: pull ${pulls.at(-1)?.toFixed(2)} s, beside ${besides.at(-1)?.toFixed(2)} s`)
  }
  const [pull, other] = [median(pulls), median(besides)]
  console.log(
    batch === 'small'
      ? `small: ${files} files of 4 KiB, pull takes ${(pull / other).toFixed(2)}x of tar + openssl + sync (bar 1.5)`
      : `large: ${mib} MiB at ${(mib / pull).toFixed(0)} MiB/s, ${(other / pull).toFixed(2)}x of cat's ${(mib / other).toFixed(0)} MiB/s (bar 0.8)`,
  )
  return { pullSeconds: pulls, besideSeconds: besides, timesBeside: Number((pull / other).toFixed(3)) }
}

async function pullSeconds(batch: string): Promise<number> {
  const folder = join(place, `pulled-${++folders}`)
  return timed(() => distOk(head, ['pull', `test/${batch}`, '--save-dir', folder, ...pullFlags], { within: 600_000 }))
}

async function tarSeconds(source: string): Promise<number> {
  const folder = join(place, `tar-${++folders}`)
  mkdirSync(folder)
  return timed(async () => {
    await overLoopback(`tar -cf - -C ${source} .`, `tar -xf - -C ${folder}`)
    await shell(`find ${folder} -type f -print0 | xargs -0 openssl dgst -sha256 > ${folder}.sums; sync -f ${folder}`)
  })
}

/** Hashes on both ends as the bytes pass, and syncs: the file is as safe as a pulled one. */
async function catSeconds(source: string): Promise<number> {
  const file = join(place, `cat-${++folders}`)
  return timed(async () => {
    await overLoopback(
      `tee >(openssl dgst -sha256 > ${file}.sent) < ${source} | cat`,
      `tee >(openssl dgst -sha256 > ${file}.got) | cat > ${file}`,
    )
    await shell(`sync -f ${file}`)
  })
}

/** Connects the output of one command to the input of another through a TCP connection, which they hold themselves. */
async function overLoopback(from: string, to: string): Promise<void> {
  const server = createServer({ pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const connected = once(server, 'connection') as Promise<[Socket]>
  const sender = shell(`${from} > /dev/tcp/127.0.0.1/${(server.address() as AddressInfo).port}`)
  const [socket] = await connected
  const receiver = shell(to, socket)
  await Promise.all([sender, receiver])
  socket.destroy()
  server.close()
}

async function shell(command: string, stdin: Socket | 'ignore' = 'ignore'): Promise<void> {
  const child = spawn('/bin/bash', ['--norc', '-c', `set -o pipefail; ${command}`], {
    stdio: [stdin, 'inherit', 'inherit'],
    env: { PATH: plainPath },
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${command}: exit status ${code}`)
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return (performance.now() - start) / 1000
}
