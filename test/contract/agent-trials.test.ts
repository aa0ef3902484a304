// Trials of searches on the real agent, launcher and keeper: what they are given, how they report without batchtk, how they end.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TrialRules } from '../../shared/model/trial.ts'
import { float, int, type Params, text } from '../../shared/model/value.ts'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { trialJob, trialResult, trialRules } from '../support/trial-jobs.ts'

const head = new FakeHead()
const agent = new AgentProcess()
// what an outer search left behind must reach no trial
const env = { STRRUNTK9: 'a*=outer', SOCNAME: 'outer', JOBID: 'outer' }
let session: FakeSession

beforeAll(async () => {
  await head.start()
  agent.start(head, { env, flags: ['--slots', '2'] })
  session = await head.session()
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

/** A search of its own kind and rules, built here. */
async function search(rules: Partial<TrialRules> = {}, kind = 'shell') {
  const jobset = { ...head.jobset({ files: [{ name: 'model/data', content: 'init' }] }), kind, ...trialRules(rules) }
  const built = kind === 'shell' ? { ...jobset, build_command: 'cp -r initial_files/model model' } : jobset
  await head.build(session, built)
  return built
}

const numbered = { next: 0 }

async function run(uid: string, job: Partial<Assign>, params: Params = []) {
  const assign = { ...head.job(uid, ''), script: null, ...trialJob(numbered.next++, params), ...job }
  session.send({ assign: [assign] })
  const result = await head.result(assign.attempt_id)
  return { id: assign.attempt_id, result, trial: trialResult(result), printed: result.stdout.toString() }
}

const params: Params = [
  ['x.0', float(3)],
  ['n', int(3)],
  ['name', text("it's $HOME")],
]

test('a trial finds its values typed in the file, in variables and as batchtk reads them, and nothing of another search', async () => {
  const { uid } = await search()
  const show = 'cat input/params.json; env | grep -E "RUNTK|^(SOCNAME|JOBID|NSLOTS|DIST_PARAM_.*)=" | sort; pwd; echo "loss is $1"'
  const { id, printed, trial } = await run(uid, { run: show, cores: 2, params_json: '{"n": 7, "day": "mo"}' }, params)
  const w = join(agent.work, 'ws', uid)
  expect(printed.trim().split('\n')).toEqual([
    'dist: batchtools was not looked at: the command does not tell which Python will run',
    `{"day":"mo","x.0":3.0,"n":3,"name":"it's $HOME"}`,
    'DIST_PARAM_DAY=mo',
    'DIST_PARAM_N=3',
    "DIST_PARAM_NAME=it's $HOME",
    'DIST_PARAM_X_0=3.0',
    'FLOATRUNTK0=x.0*=3.0',
    'INTRUNTK1=n*=3',
    `JOBID=${id}`,
    'NSLOTS=2',
    `STRRUNTK2=name*=it's $HOME`,
    `STRRUNTK3=saveFolder*=${w}/distribute_save`,
    `STRRUNTK4=simLabel*=search_0000${numbered.next - 1}`,
    w,
    'loss is 2',
  ])
  expect(trial).toEqual({
    end: { kind: 'no_result', reason: 'the job ended with 0 and reported nothing: loss is missing', retry: null },
    report: null,
    broken: null,
  })
})

test('a report is a file of distribute_save or a line, and the file counts first; its numbers keep their digits', async () => {
  const { uid } = await search()
  const line = await run(uid, { run: 'echo noise; echo "DIST_METRIC loss=0.25 other=1"; echo "DIST_METRIC loss=7"' })
  expect(line.trial).toMatchObject({ end: { kind: 'reported', values: [0.25], warning: null }, report: { source: 'lines' } })
  const both = 'printf %s \'{"loss": 1.50, "n": 3.0}\' > distribute_save/results.json; echo "DIST_METRIC loss=9"'
  const file = await run(uid, { run: both })
  expect(file.trial.report).toEqual({ source: 'results', text: '{"loss": 1.50, "n": 3.0}' })
  expect(file.trial.end).toMatchObject({ kind: 'reported', values: [1.5] })
  expect(file.result.files.map(({ path }) => path)).toEqual(['results.json'])
})

test('a report beats the exit code, which stays with the attempt; without one the job decides', async () => {
  const { uid } = await search()
  const reported = await run(uid, { run: 'echo "DIST_METRIC loss=1"; exit 1' })
  expect(reported.result).toMatchObject({ outcome: 'failed', exit_code: 1 })
  expect(reported.trial.end).toEqual({ kind: 'reported', values: [1], warning: 'failed: exit code 1' })
  expect((await run(uid, { run: 'exit 3' })).trial.end).toEqual({ kind: 'failed', reason: 'failed: exit code 3', retry: 'exit' })
  expect((await run(uid, { run: 'sleep 60', time_limit_seconds: 0.2 })).trial.end.kind).toBe('timeout')
  expect((await run(uid, { run: 'echo DIST_METRIC loss=nan' })).trial.end.kind).toBe('bad_metric')
})

test('what is shipped over HTTP is judged alike, and its result is in the message', async () => {
  const { uid } = await search()
  const long = 'seq 1 30000; echo "DIST_METRIC loss=4"; seq 1 30000'
  const { result, trial } = await run(uid, { run: `${long}; head -c 100000 /dev/zero > distribute_save/big` })
  expect(result.shipped).toBe(true)
  expect(trial.end).toEqual({ kind: 'reported', values: [4], warning: null })
})

test('rules about saving do not hide a report, and a good report is a success for them', async () => {
  const { uid } = await search()
  const make = 'echo \'{"loss": 2}\' > distribute_save/results.json; exit 1'
  const kept = await run(uid, { run: make, save: { only_on_success: true } })
  expect(kept.trial.end.kind).toBe('reported')
  expect(kept.result.files.map(({ path }) => path)).toEqual(['results.json'])
  const excluded = await run(uid, { run: make, save: { exclude: ['*.json'] } })
  expect(excluded.trial.end.kind).toBe('reported')
  expect(excluded.result.files).toEqual([])
})

test('setup and command share a shell, in the folder that the search names, and a bad setup runs no command', async () => {
  const { uid } = await search({ setup: 'mine=from-setup\nunset_is_fine=$NO_SUCH_THING', workdir: 'model' })
  const { printed, trial } = await run(uid, { run: 'echo "$mine $(cat data) $(basename "$PWD")"; echo DIST_METRIC loss=1' })
  expect(printed.split('\n')[0]).toBe('from-setup init model')
  expect(trial.end.kind).toBe('reported')
  const bad = await search({ setup: 'false' })
  expect((await run(bad.uid, { run: 'echo DIST_METRIC loss=1' })).trial.end.kind).toBe('failed')
})

test('a jobset of kind python has trials with a script, from any folder, and with a command', async () => {
  const { uid } = await search({ setup: 'export MINE=1', workdir: 'input/model' }, 'python')
  const script = 'import os, sys; print(os.getcwd(), os.environ["MINE"], sys.argv[1:]); print("DIST_METRIC loss=1")'
  const job = head.job(uid, script)
  const own = await run(uid, { script: job.script ?? null, args: ['a b'] })
  expect(own.printed.split('\n')[0]).toBe(`${join(agent.work, 'ws', uid)}/input/model 1 ['1', 'a b']`)
  expect(own.trial.end.kind).toBe('reported')
  expect((await run(uid, { run: 'echo "DIST_METRIC loss=$MINE"' })).trial.end).toMatchObject({ values: [1] })
})

test('in a view of the build a trial saves where its folder says', async () => {
  const built = {
    ...head.jobset({}),
    kind: 'shell',
    packed: true,
    build_command: 'echo 7 > built',
    ...trialRules({ commType: 'filesystem' }),
  }
  await head.build(session, built)
  const command = 'printf "{\\"loss\\": $(cat built)}" > $MSGFILE; echo "$STRRUNTK0"'
  for (const slot of [0, 1]) {
    const { trial, printed } = await run(built.uid, { run: command, slot })
    expect(trial).toMatchObject({ end: { kind: 'reported', values: [7] }, report: { source: 'file' } })
    expect(printed).toContain(`saveFolder*=${join(agent.work, 'ws', built.uid)}/distribute_save\n`)
  }
})

test('what is no trial runs as a plain job: nothing of it reaches a path', async () => {
  const { uid } = await search()
  for (const trial of ['{', '[]', '7', '{"label": "../../x", "params": []}']) {
    const assign = { ...head.job(uid, ''), script: null, run: 'env | grep -c RUNTK || true', trial_json: trial }
    session.send({ assign: [assign] })
    const result = await head.result(assign.attempt_id)
    expect([result.stdout.toString(), result.trial_json]).toEqual(['0\n', ''])
  }
})

test('values that no variable can hold end the trial with that reason', async () => {
  const { uid } = await search()
  const assign = { ...head.job(uid, ''), script: null, run: 'true', ...trialJob(0, [['long', text('x'.repeat(140_000))]]) }
  session.send({ assign: [assign] })
  const result = await head.result(assign.attempt_id)
  expect(result).toMatchObject({ outcome: 'stage_failed', started: false, trial_json: '' })
  expect(result.reason).toContain('128 KiB')
})

test('an agent that was killed meanwhile comes to the same result', async () => {
  const { uid } = await search()
  const go = join(agent.home, 'go')
  const command = `echo "DIST_METRIC loss=5"; until [ -e ${go} ]; do sleep 0.02; done; exit 1`
  const assign = { ...head.job(uid, ''), script: null, ...trialJob(numbered.next++), run: command }
  session.send({ assign: [assign] })
  await head.until(() => session.started.includes(assign.attempt_id), 'the start')
  await agent.kill('SIGKILL')
  writeFileSync(go, '')
  agent.start(null, { env })
  session = await head.until(() => head.sessions.findLast((one) => one.open && one !== session), 'another session')
  const { end } = trialResult(await head.result(assign.attempt_id))
  expect(end).toEqual({ kind: 'reported', values: [5], warning: 'failed: exit code 1' })
})
