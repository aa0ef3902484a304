// examples/calculix for real: forty decks, of which twelve fail, each in its own way; outcome and stdout must say so.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { type DistResult, dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { needs, needsPath } from '../support/needs.ts'
import { root } from '../support/programs.ts'

const jobset = 'calculix/decks'

/** how each deck that fails does so under Debian's ccx 2.20, and what it says */
const failures = {
  artery1: ['failed: exit code 201', '*ERROR in checkforhomnet'],
  branch1: ['failed: exit code 201', 'no dynamic viscosity defined'],
  channel1: ['failed: exit code 201', 'no material was assigned'],
  'gaspipe-fanno10': ['failed: exit code 201', 'too many cutbacks'],
  'gaspipe-fanno9': ['failed: exit code 201', 'too many cutbacks'],
  rotor: ['failed: exit code 201', '*ERROR in complexfreq'],
  sensitivity_I: ['failed: exit code 201', '*ERROR reading *OBJECTIVE'],
  submodelbeamp: ['failed: exit code 16', '"beamp.frd" could not be opened'],
  couette1per: ['failed: SIGSEGV', 'ccx was ended by SIGSEGV'],
  poi2d: ['failed: SIGSEGV', 'ccx was ended by SIGSEGV'],
  couettecyl: ['failed: SIGABRT', 'ccx was ended by SIGABRT'],
  couettecylcent: ['failed: SIGABRT', 'ccx was ended by SIGABRT'],
} as const

interface Job {
  readonly name: string
  readonly state: string
  readonly attempts: number
  readonly outcome: { readonly kind: string; readonly exitCode?: number | null; readonly signal?: string | null } | null
  readonly usage: { readonly wallSeconds: number; readonly userSeconds: number } | null
}

interface Run {
  readonly head: Head
  /** what `dist wait` said */
  readonly waited: DistResult
  readonly jobs: ReadonlyMap<string, Job>
}

let head: Head | null = null
let started: Promise<Run> | null = null
let run: Run

/** All tests look at one run: the first one pays for it, and when it breaks all say why. */
beforeEach(async (context) => {
  needs(context, 'ccx')
  needsPath(context, '/usr/share/doc/calculix-ccx-test/examples/test', 'calculix-ccx-test')
  started ??= solveAll()
  run = await started
}, 180_000)
afterAll(() => head?.stop())

async function solveAll(): Promise<Run> {
  head = await startHead()
  await startAgent(head, { cores: 1, capabilities: ['ccx'] })
  execFileSync('python3', [join(root, 'examples/calculix/generate.py'), '--output', join(head.root, 'jobset')])
  await distOk(head, ['add', join(head.root, 'jobset', 'jobs.yaml')])
  const waited = await dist(head, ['wait', jobset], { within: 120_000 })
  await distOk(head, ['pull', jobset, '--save-dir', 'pulled'])
  const { jobs } = JSON.parse(await distOk(head, ['jobs', jobset, '--json'])) as { jobs: readonly Job[] }
  return { head, waited, jobs: new Map(jobs.map((job) => [job.name, job])) }
}

test('forty decks are run once each, twenty-eight are solved', () => {
  expect(run.jobs.size).toBe(40)
  expect([...run.jobs.values()].filter(({ attempts }) => attempts !== 1)).toEqual([])
  const failed = [...run.jobs.values()].filter(({ state }) => state !== 'succeeded').map(({ name }) => name)
  expect(failed.sort()).toEqual(Object.keys(failures).sort())
})

test('dist wait ends with status 1 and says how many failed and how', () => {
  expect(run.waited.code).toBe(1)
  const said = run.waited.stdout + run.waited.stderr
  for (const phrase of ['12', 'exit code 201', 'exit code 16', 'SIGSEGV', 'SIGABRT']) expect(said).toContain(phrase)
})

test.each(Object.entries(failures))('%s ends as its solver ended, and its stdout says why', (name, [outcome, said]) => {
  expect(phrase(run.jobs.get(name))).toBe(outcome)
  expect(output(name)).toContain(said)
})

test('a failed deck still brings its tables home', () => {
  expect(existsSync(result('gaspipe-fanno9', 'deck.sta'))).toBe(true)
  expect(readFileSync(result('gaspipe-fanno9', 'deck.cvg'), 'utf8')).toMatch(/ATT +ITER/)
})

test('a solved deck brings its results home', () => {
  expect(readFileSync(result('simplebeam', 'deck.dat'), 'utf8')).toMatch(/^ stresses /m)
  expect(output('simplebeam')).toContain('Total CalculiX Time')
})

test('what a deck cost is recorded', () => {
  const usage = run.jobs.get('hueeber4')?.usage
  expect(usage?.wallSeconds).toBeGreaterThan(0.3)
  expect(usage?.userSeconds).toBeGreaterThan(0.3)
})

function phrase(job: Job | undefined): string {
  const outcome = job?.outcome
  if (outcome?.kind !== 'failed') return String(outcome?.kind)
  return outcome.signal ? `failed: ${outcome.signal}` : `failed: exit code ${outcome.exitCode}`
}

function result(name: string, file: string): string {
  return join(run.head.root, 'pulled', 'decks', name, file)
}

function output(name: string): string {
  return readFileSync(result(name, 'stdout.txt'), 'utf8')
}
