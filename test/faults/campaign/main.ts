// Campaign of real faults: `tsx test/faults/campaign/main.ts --minutes 10 [--seed S]` (scripts/faults.mjs --real). Runs in
// namespaces of its own, so that nothing is left behind whatever happens. Its last line is JSON: figures, or the violations.
// On a violation it prints seed, faults and logs, and keeps the folder.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fromSource, root } from '../../support/programs.ts'
import { Cluster } from '../fixtures/cluster.ts'
import { mountFillableDisk } from '../fixtures/fillable-disk.ts'
import { runInSandbox } from '../fixtures/sandbox.ts'
import { agentClock, clockLacks, headClock } from '../fixtures/wall-clock.ts'
import { startWan, wanLacks } from '../fixtures/wan.ts'
import { catalog } from './catalog.ts'
import { figuresOf, progressOf } from './store-view.ts'
import { Storm } from './storm.ts'

const nodes = ['alpha', 'beta', 'gamma'] as const
/** the node with a small disk, the one with a clock that can be set, the one with a line that can be long */
const [small, shifting, distant] = ['alpha', 'beta', 'gamma']

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string' },
      phase: { type: 'string', default: '60' },
      still: { type: 'string', default: '120' },
      only: { type: 'string', default: '' },
      inside: { type: 'boolean', default: false },
    },
  })
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
  if (!values.inside) {
    if (process.getuid?.() !== 0) throw new Error('the campaign needs root: namespaces and mounts')
    if (!fromSource) execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' })
    const argv = [
      process.execPath,
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      ...process.argv.slice(2),
      '--seed',
      `${seed}`,
      '--inside',
    ]
    return await runInSandbox(argv, process.env)
  }
  const options = { seed, minutes: Number(values.minutes), phase: Number(values.phase), still: Number(values.still), only: values.only }
  return await campaign(options)
}

interface CampaignOptions {
  readonly seed: number
  readonly minutes: number
  readonly phase: number
  readonly still: number
  /** only faults whose kind contains one of these words, separated by commas */
  readonly only: string
}

async function campaign({ seed, minutes, phase, still, only }: CampaignOptions): Promise<number> {
  const begun = performance.now()
  const log = (line: string): void => void process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} ${line}\n`)
  const folder = mkdtempSync(join(tmpdir(), 'dist-real-'))
  log(`seed ${seed}, ${minutes} minutes, in ${folder}`)
  for (const name of ['head-disk', 'node-disk', 'wan', 'cluster']) mkdirSync(join(folder, name))
  const disks = new Map([
    ['head', mountFillableDisk(join(folder, 'head-disk'), 4096)],
    [small, mountFillableDisk(join(folder, 'node-disk'), 2048)],
  ])
  const clocks = new Map([[shifting, agentClock(join(folder, `clock-${shifting}`))]])
  if (clockLacks() === null) clocks.set('head', headClock(join(folder, 'clock-head')))
  let storm: Storm | null = null
  const data = join(disks.get('head')?.path ?? folder, 'data')
  const cluster = await Cluster.start({
    root: join(folder, 'cluster'),
    data,
    headEnv: clocks.get('head')?.env ?? {},
    agents: nodes.map((name, index) => ({
      name,
      cores: 2 + (index % 2),
      env: clocks.get(name)?.env ?? {},
      ...(name === small ? { work: join(disks.get(small)?.path ?? folder, 'work') } : {}),
    })),
    surprise: (what) => {
      if (storm === null) log(what)
      else storm.violation(what)
    },
  })
  const line = wanLacks() === null ? await startWan(cluster.network, distant, join(folder, 'wan')) : null
  for (const lack of [clockLacks(), wanLacks()]) if (lack !== null) log(`left out: ${lack}`)
  const words = only.split(',')
  const faults = catalog({ nodes, small, clocks: [...clocks.keys()], distant: line === null ? null : distant }).filter(({ kind }) =>
    words.some((word) => kind.includes(word)),
  )
  storm = new Storm(
    { folder, cluster, disks, clocks, wan: line === null ? null : { host: distant, line } },
    { seed, length: minutes * 60_000, phase: phase * 1000, still: still * 1000, faults, log },
  )
  await storm.run()
  if (storm.violations.length > 0) process.stderr.write(`${cluster.report(80)}\n`)
  const figures = { ...figuresOf(data), committed: progressOf(data).committed }
  for (const left of await cluster.stop()) storm.violation(`left running: ${left}`)
  line?.stop()
  const jobs = [...storm.acknowledged.values()].reduce((sum, planned) => sum + planned.jobs.length, 0)
  const result = {
    minutes: Math.round((performance.now() - begun) / 6000) / 10,
    seed,
    faults: Object.fromEntries([...storm.counts].sort()),
    jobsets: storm.acknowledged.size,
    acknowledged: jobs,
    killed: storm.killed.size,
    ...figures,
    violations: storm.violations.length,
  }
  if (storm.violations.length === 0) {
    for (const disk of disks.values()) disk.remove()
    rmSync(folder, { recursive: true, force: true })
  } else {
    process.stderr.write(`\nseed ${seed}; kept: ${keep(folder, disks)}\n${storm.violations.join('\n')}\n`)
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  return storm.violations.length === 0 ? 0 : 1
}

/** What lies on the small disks goes with them: rows and logs are copied beside. */
function keep(folder: string, disks: ReadonlyMap<string, { readonly path: string; remove(): void }>): string {
  for (const [owner, disk] of disks) {
    execFileSync('cp', ['-a', '--sparse=always', disk.path, join(folder, `kept-${owner}`)])
    disk.remove()
  }
  return folder
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  },
)
