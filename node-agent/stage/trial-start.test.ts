// What a trial is started with: when a shell and a look at batchtools are needed, and which delimiter its variables have.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttemptId, JobsetUid, Sha256 } from '../../shared/model/ids.ts'
import type { TrialJob, TrialRules } from '../../shared/model/trial.ts'
import { typed } from '../../shared/model/value.ts'
import { emptyJob, emptyJobset } from '../core/test-support-node.ts'
import type { JobsetInfo } from '../core/work.ts'
import { jobArgv } from './argv.ts'
import { NeedsBatchtools } from './needs-batchtools.ts'
import { type StartFacts, startTrial } from './trial-start.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-start-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const rules: TrialRules = { commType: 'auto', delimiter: 'auto', keys: [], metrics: [], setup: null, workdir: null }
const trial: TrialJob = { number: 0, label: 's_00000', params: [['on', typed(true)]] }
const jobset: JobsetInfo = { ...emptyJobset, uid: 'b'.repeat(16) as JobsetUid, trialRules: rules }
const job = { ...emptyJob, id: 'a'.repeat(32) as AttemptId, uid: jobset.uid, slot: 0, trial }

function facts(more: Partial<StartFacts> = {}): StartFacts {
  const folders = { w: '/w', attemptFolder: folder, answers: folder }
  return { ...folders, answer: { kind: 'none' }, needs: true, python: '/usr/bin/python3', path: '/bin', container: [], ...more }
}

const start = (more: Partial<StartFacts> = {}, of: Partial<TrialRules> = {}, run: string | null = null) =>
  startTrial({ ...job, run }, trial, jobset, { ...rules, ...of }, facts(more))
const request = () => JSON.parse(readFileSync(join(folder, 'probe.json'), 'utf8')) as Record<string, unknown>

test('a trial that needs no batchtools, and one where nothing can be asked, has no look', () => {
  for (const more of [{ needs: false }, { python: null }])
    expect(start(more)).toMatchObject({ probe: null, env: { BOOLRUNTK0: 'on*=True' } })
  expect(start({ needs: false }, { delimiter: '=' }).env).toMatchObject({ JSONRUNTK0: 'on=true' })
})

test('until somebody looked a trial is sent the new form, and takes the old one along', () => {
  const { env, probe } = start({}, {}, 'mpiexec -n 2 ~/venv/bin/python3.11 init.py')
  expect(env).toMatchObject({ BOOLRUNTK0: 'on*=True' })
  expect(probe).toContain('~/venv/bin/python3.11) || exit $?')
  expect(request()).toMatchObject({ said: 'auto', sent: ['BOOLRUNTK0'], old: { JSONRUNTK0: 'on=true' } })
})

test('a known answer costs nothing, for this environment only', () => {
  start()
  writeFileSync(String(request()['answer']), '{"delimiter": "="}')
  expect(start()).toMatchObject({ probe: null, env: { JSONRUNTK0: 'on=true' } })
  for (const other of [{ setup: 'x' }, { workdir: 'x' }, { delimiter: '=' }] as const) expect(start({}, other).probe).not.toBeNull()
  expect(start({ path: '/other' }).probe).not.toBeNull()
  expect(start({}, {}, '/opt/python x.py').probe).not.toBeNull()
  writeFileSync(String(request()['answer']), 'torn')
  expect(start({}, {}, '/opt/python x.py').probe).not.toBeNull()
})

test('a program without setup, folder and look needs no shell; with one of them it is found from everywhere', () => {
  const argv = (of: Partial<TrialRules>, probe: string | null = null, run: string | null = null) => {
    const whole = { ...jobset, trialRules: { ...rules, ...of } }
    return jobArgv({ ...job, run, args: ['a b'] }, whole, { w: "/it's", blob: String, find: () => '/bin/python3' }, probe)
  }
  expect(argv({})).toEqual(['python3', './job.py', '1', 'a b'])
  const inner = `exec python3 '/it'\\''s/job.py' "$@"`
  expect(argv({ setup: '. env', workdir: '-m' })).toEqual(['/bin/sh', '-e', '-c', `cd ./-m\n. env\n${inner}`, 'sh', '1', 'a b'])
  expect(argv({}, 'look')[3]).toBe(`look\n${inner}`)
  expect(argv({ setup: '. env' }, 'look', 'run me')[3]).toBe('. env\nlook\nrun me')
})

test('what may need batchtools is told from command, script and files, each content read once', () => {
  const contents: Record<string, string> = { plain: 'print(1)', tk: 'import batchtk', data: 'netpyne' }
  const read: string[] = []
  const needs = new NeedsBatchtools((hash) => {
    read.push(hash)
    writeFileSync(join(folder, hash), contents[hash] ?? '')
    return join(folder, hash)
  })
  const file = (name: string, sha256: string) => ({ name, sha256: sha256 as Sha256, size: 10, mode: 0o644 })
  const plain = { ...job, script: file('run.py', 'plain') }
  expect(needs.of(plain, jobset)).toBe(false)
  expect(needs.of({ ...job, script: file('run.py', 'tk') }, jobset)).toBe(true)
  expect(needs.of(plain, { ...jobset, files: [file('model/cfg.py', 'tk')] })).toBe(true)
  expect(needs.of(plain, { ...jobset, files: [file('notes.txt', 'data')] })).toBe(false)
  expect(needs.of({ ...plain, run: 'nrniv -python init.py' }, jobset)).toBe(true)
  expect(needs.of(plain, { ...jobset, source: { kind: 'git', url: 'x', ref: null, submodules: false } })).toBe(true)
  expect(read).toEqual(['plain', 'tk'])
})
