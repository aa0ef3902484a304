// The power of a machine goes (kill -9 keeps the page cache and proves nothing about syncs): the disk of the head, or of a
// node, is what it would be then. What the head acknowledged is there; nothing is committed twice or wrongly.
// `npm run faults -- --power N` cuts N times instead of twice.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest'
import { Random } from '../sim/random.ts'
import { type Agent, startAgent } from '../support/agent.ts'
import { type CallCounter, type FaultShim, makeFaultShim } from '../support/fault-shim.ts'
import { type Head, startHead } from '../support/head.ts'
import { LoopDisk, loopDiskPrograms } from '../support/loop-disk.ts'
import { needs, skipOrFail } from '../support/needs.ts'
import { otherBoot } from '../support/other-boot.ts'
import { addPowerWork, committed, expectPowerWorkDone, type PowerWork } from '../support/power-work.ts'
import { processesOf, signalQuietly } from '../support/processes.ts'
import { until } from '../support/until.ts'

const cuts = Number(process.env['DIST_POWER'] ?? 2)
const seed = Number(process.env['DIST_POWER_SEED'] ?? 1)
const limit = 120_000 + cuts * 120_000

let folder: string
let shim: FaultShim
let disk: LoopDisk | undefined
let head: Head | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-power-'))
  shim = makeFaultShim(join(folder, 'shim'))
})

afterEach(async () => {
  try {
    await head?.stop()
  } finally {
    await disk?.close()
    shim.close()
    rmSync(folder, { recursive: true, force: true })
    head = undefined
    disk = undefined
  }
})

function needsDisk(context: TestContext): void {
  needs(context, ...loopDiskPrograms)
  if (process.getuid?.() !== 0) skipOrFail(context, 'only root may mount')
}

test(
  'a head whose power is cut has all that it acknowledged, and goes on',
  async (context) => {
    needsDisk(context)
    const random = new Random(seed)
    disk = LoopDisk.make(folder)
    const data = join(disk.path, 'data')
    const running = await startHead({ data, env: shim.env(data) })
    head = running
    for (const name of ['alpha', 'beta']) await startAgent(running, { name })
    const works: PowerWork[] = []
    const hits: string[] = []
    let kept = 0
    for (let cut = 1; cut <= cuts; cut++) {
      // every second time nothing large and nothing new comes: each of those syncs the whole disk, and would hide that one
      // commit was not synced
      const small = cut % 2 === 1
      works.push(await addPowerWork(running, `w${cut}`, 40, { large: !small }))
      await grown(running, kept + 3)
      const before = await grown(running, (await committed(running)).size)
      // right behind a commit, or somewhere in the next seconds, before any of its calls: a half-written group, an unsynced
      // pack, a half-placed result
      shim.counters.head.arm(1 + random.below(small ? 20 : 800))
      const known = await watchUntilDeath(running, before, small ? null : { works, batch: `w${cut}` })
      hits.push(shim.counters.head.hit ?? '?')
      await disk.cut()
      await running.restart()
      const now = await committed(running)
      for (const [job, manifest] of known) expect(now.get(job), `the committed result of ${job}`).toBe(manifest)
      kept = known.size
    }
    await expectPowerWorkDone(running, works)
    console.log(`power cuts of the head: ${cuts}, of up to ${kept} results known to be committed none was lost; before ${hits.join(', ')}`)
  },
  limit,
)

/** Waits for more than so many committed results; answers them. */
async function grown(running: Head, size: number): Promise<Map<string, string>> {
  const look = async (): Promise<Map<string, string> | null> => {
    const now = await committed(running)
    return now.size > size ? now : null
  }
  return until('more results are committed', look, { within: 60_000, every: 5, report: running.report })
}

/** Asks what is committed, and adds jobsets where `more` is given, until the head dies; answers the last that it said. */
async function watchUntilDeath(
  running: Head,
  before: Map<string, string>,
  more: { readonly works: PowerWork[]; readonly batch: string } | null,
): Promise<Map<string, string>> {
  const adding = more === null ? undefined : addUntilDeath(running, more.works, more.batch)
  let known = before
  while (running.running()) {
    // an answer that came counts, also when the head is dead by now
    known = await committed(running).catch(() => known)
    await pause(10)
  }
  await adding
  return known
}

/** Only what was acknowledged is in `works`; another one may be there or not. */
async function addUntilDeath(running: Head, works: PowerWork[], batch: string): Promise<void> {
  for (let n = 1; running.running(); n++) {
    const work = await addPowerWork(running, `${batch}-${n}`, 3).catch(() => null)
    if (work === null) return
    works.push(work)
  }
}

test(
  'a node whose power is cut commits nothing twice or wrongly; what it lost runs again',
  async (context) => {
    needsDisk(context)
    const random = new Random(seed)
    disk = LoopDisk.make(folder)
    const work = join(disk.path, 'work')
    const running = await startHead()
    head = running
    let boots = 0
    const before = (): readonly string[] => (boots++ === 0 ? [] : otherBoot(folder))
    const agent = await startAgent(running, { name: 'node', work, before, env: shim.env(work) })
    const works: PowerWork[] = []
    const hits: string[] = []
    for (let cut = 1; cut <= cuts; cut++) {
      works.push(await addPowerWork(running, `w${cut}`, 24))
      const program = random.pick(['agent', 'launcher', 'keeper'] as const) ?? 'keeper'
      const counter = shim.counters[program]
      counter.arm(1 + random.below(80))
      if (cut % 2 === 0) await goOnAlone(running, work, `w${cut}`, counter)
      else works.push(...(await workUntilDeath(running, `w${cut}`, counter)))
      hits.push(counter.hit ?? 'at rest')
      counter.disarm()
      await endAllOf(agent)
      await disk.cut()
      if (!running.running()) await running.restart()
      await agent.restart()
    }
    await expectPowerWorkDone(running, works)
    console.log(`power cuts of a node: ${cuts}, before ${hits.join(', ')}`)
  },
  limit,
)

/** The head goes in the middle of the batch, so that the node keeps results of its own; until it has nothing left to run. */
async function goOnAlone(running: Head, work: string, batch: string, counter: CallCounter): Promise<void> {
  const begun = async (): Promise<boolean> => [...(await committed(running)).keys()].some((job) => job.startsWith(`${batch}/`))
  await until(`a job of ${batch} is committed`, async () => counter.hit !== null || (await begun()), {
    within: 60_000,
    report: running.report,
  })
  await running.kill('SIGKILL')
  await until('the node has gone on without the head', () => counter.hit !== null || quiet(work), { within: 60_000 })
}

/** What a program counts depends on the machine: more work until the call comes. */
async function workUntilDeath(running: Head, batch: string, counter: CallCounter): Promise<PowerWork[]> {
  const more: PowerWork[] = []
  while (counter.hit === null) {
    more.push(await addPowerWork(running, `${batch}-${more.length + 1}`, 4))
    const over = async (): Promise<boolean> => (await committed(running)).has(`${batch}-${more.length}/j3`)
    await until('the call comes, or its work is over', async () => counter.hit !== null || (await over()), {
      within: 60_000,
      report: running.report,
    })
  }
  return more
}

/** Nothing runs that the agent has not been told of: no job process. */
function quiet(work: string): boolean {
  return !processesOf(work).some(({ command }) => command.includes('./job.py'))
}

/** All at once, as a power cut does: nobody sees another one end. */
async function endAllOf(agent: Agent): Promise<void> {
  await until('every process of the node is gone', () => {
    const left = processesOf(agent.work)
    for (const { pid } of left) signalQuietly(pid, 'SIGSTOP')
    for (const { pid } of left) signalQuietly(pid, 'SIGKILL')
    return left.length === 0 && !agent.running()
  })
}
