// How often an image travels: three batches of the same image of 1 GiB, by name and by content, on two nodes. Bytes that the
// head got from the user and sent to each node are counted on the sockets, so that a second transfer could not hide. A
// program that reads the image through stands in for apptainer. Beside it, the time of a copy of the image by cp.
//   npx tsx bench/image-once.ts [--mib 1024] [--nodes 2] [--write]
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startAgent } from '../test/support/agent.ts'
import { countBytes } from '../test/support/byte-counter.ts'
import { distOk } from '../test/support/dist.ts'
import { plainPath, startHead } from '../test/support/head.ts'
import { fakeApptainer, writeImageJobset } from '../test/support/image-jobset.ts'
import { ended, jobsOf } from '../test/support/jobset-state.ts'
import { rssMiB } from './cpu.ts'
import { writeResult } from './write-result.ts'

const { values } = parseArgs({ options: { mib: { type: 'string' }, nodes: { type: 'string' }, write: { type: 'boolean' } } })
const mib = Number(values.mib ?? 1024)
const size = mib * 2 ** 20
const batches = ['first', 'second', 'third']

const head = await startHead()
const counters = [await countBytes(head.url)]
try {
  const folder = join(head.root, 'jobs')
  mkdirSync(folder)
  makeImage(join(folder, 'tool.sif'))
  const copySeconds = await timed(async () => void execFileSync('cp', [join(folder, 'tool.sif'), join(folder, 'copy.sif')]))
  const env = { PATH: `${fakeApptainer(head.root)}:${plainPath}` }
  const agents = []
  for (let i = 0; i < Number(values.nodes ?? 2); i++) {
    const counter = await countBytes(head.url)
    counters.push(counter)
    agents.push(await startAgent(head, { name: `node-${i + 1}`, cores: 1, via: counter.url, env }))
  }
  const sent: number[] = []
  const addSeconds: number[] = []
  const start = performance.now()
  for (const [i, batch] of batches.entries()) {
    const before = counters[0]?.toHead() ?? 0
    // the second is the same content under another name
    const file = writeImageJobset(folder, { batch, sif: i === 1 ? 'copy.sif' : 'tool.sif', jobs: 8 })
    addSeconds.push(await timed(() => distOk(head, ['add', file], { env: { DIST_HEAD: counters[0]?.url ?? '' }, within: 600_000 })))
    sent.push((counters[0]?.toHead() ?? 0) - before)
  }
  const done: Record<string, number> = {}
  for (const batch of batches) {
    const { state } = await ended(head, batch, 600_000)
    if (state !== 'succeeded') throw new Error(`${batch} ended ${state}`)
    for (const { node } of await jobsOf(head, batch)) done[node ?? ''] = (done[node ?? ''] ?? 0) + 1
  }
  const seconds = (performance.now() - start) / 1000
  const [, ...nodes] = counters.map((counter) => counter.fromHead())
  console.log(
    `image: ${mib} MiB, ${batches.length} batches of 8 jobs, ${nodes.length} nodes; a copy by cp takes ${copySeconds.toFixed(1)} s`,
  )
  batches.forEach((batch, i) => {
    console.log(`add ${batch}: ${bytesText(sent[i] ?? 0)} to the head, ${addSeconds[i]?.toFixed(1)} s`)
  })
  for (const [i, bytes] of nodes.entries())
    console.log(`node-${i + 1}: ${bytesText(bytes)} from the head, ${done[`node-${i + 1}`] ?? 0} jobs`)
  const rss = { head: Math.round(rssMiB(head.pid)), agents: agents.map((agent) => Math.round(rssMiB(agent.pid))) }
  console.log(`all done after ${seconds.toFixed(1)} s; resident: head ${rss.head} MiB, agents ${rss.agents.join(' and ')} MiB`)
  const once = [sent.reduce((sum, bytes) => sum + bytes, 0), ...nodes].every((bytes) => bytes >= size && bytes < size * 1.01 + 200_000)
  if (!once) throw new Error(`the image did not reach the head and each of ${nodes.length} nodes exactly once`)
  if (values.write === true) {
    const ratio = (bytes: number): number => Number((bytes / size).toFixed(4))
    const received = { sentByUser: sent.map(ratio), receivedByNodes: nodes.map(ratio) }
    const result = { bench: 'image-once', mib, ...received, copySeconds, addSeconds, seconds: Number(seconds.toFixed(1)), rss }
    writeResult(result)
  }
} finally {
  await head.stop()
  for (const counter of counters) await counter.stop()
}

function makeImage(path: string): void {
  rmSync(path, { force: true })
  const fd = openSync(path, 'w')
  for (let i = 0; i < mib; i++) writeSync(fd, randomBytes(2 ** 20))
  closeSync(fd)
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return Number(((performance.now() - start) / 1000).toFixed(2))
}

function bytesText(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB (${(bytes / size).toFixed(4)} images)`
}
