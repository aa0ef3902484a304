// The look at batchtools before the first trial, on the real agent: made-up packages stand for the installed ones, in every state
// in which those are found.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TrialRules } from '../../shared/model/trial.ts'
import { float, type Params, typed } from '../../shared/model/value.ts'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { root } from '../support/programs.ts'
import { trialJob, trialResult, trialRules } from '../support/trial-jobs.ts'

const head = new FakeHead()
const agent = new AgentProcess()
const runner = readFileSync(join(root, 'test/support/runner_like.py'), 'utf8')
let session: FakeSession
let next = 0

beforeAll(async () => {
  await head.start()
  agent.start(head, { flags: ['--slots', '2'] })
  session = await head.session()
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

/** Packages in a folder of their own; each import of batchtk outside of a trial leaves a line in `looks`. */
function site(name: string, packages: Record<string, string>): string {
  const folder = join(agent.home, name)
  for (const [path, content] of Object.entries(packages)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return `export PYTHONPATH=${folder}`
}

const batchtk = (delimiter: string | null) => ({
  'batchtk/__init__.py': '',
  'batchtk/runtk.py': `
import os
if 'DIST_TRIAL_RUNS' not in os.environ: open(os.path.join(os.path.dirname(__file__), '..', 'looks'), 'a').write('x\\n')
assert 'DIST_TRIAL_RUNS' in os.environ or not any('RUNTK' in name or name == 'SOCNAME' for name in os.environ)
${delimiter === null ? '' : `EQDELIM = '${delimiter}'`}
${runner}`,
})

const netpyne = (line: string) => ({ 'netpyne/__init__.py': '', 'netpyne/batchtools/__init__.py': line })
const looks = (name: string) => readFileSync(join(agent.home, name, 'looks'), 'utf8').length / 2

const script = `
import os, json
os.environ['DIST_TRIAL_RUNS'] = '1'
from batchtk import runtk
r = runtk.Runner(getattr(runtk, 'EQDELIM', '='))
print(r.values)
assert r.connect()
r.send(json.dumps({'x': r.values['x'], 'on': r.values['on'], 'loss': r.values['x'] ** 2}))
`
const params: Params = [
  ['x', float(2)],
  ['on', typed(true)],
]

async function search(rules: Partial<TrialRules>, files: { name: string; content: string }[] = []) {
  const jobset = { ...head.jobset({ files }), ...trialRules({ commType: 'auto', delimiter: 'auto', ...rules }) }
  await head.build(session, jobset)
  return jobset.uid
}

function give(uid: string, code: string, more: Partial<Assign> = {}, values = params) {
  const job = { ...head.job(uid, code), ...trialJob(next++, values), ...more }
  session.send({ assign: [job] })
  return job.attempt_id
}

async function run(uid: string, code = script, more: Partial<Assign> = {}, values = params) {
  const result = await head.result(give(uid, code, more, values))
  return { result, trial: trialResult(result), printed: result.stdout.toString() }
}

const answers = (uid: string) => {
  try {
    return readdirSync(join(agent.work, 'ws', `${uid}.probes`)).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}

test.each(['*=', '='])('the delimiter %s is found out once an environment, and values arrive as they were', async (delimiter) => {
  const name = `delimiter${delimiter.length}`
  const uid = await search({ setup: site(name, batchtk(delimiter === '=' ? null : delimiter)) })
  for (const _ of [1, 2, 3]) expect((await run(uid)).trial.end).toEqual({ kind: 'reported', values: [4], warning: null })
  expect(looks(name)).toBe(1)
  expect(answers(uid)).toHaveLength(1)
})

test('a delimiter that is said wrong ends the search before the script runs, either way', async () => {
  const setup = site('said', batchtk('*='))
  const wrong = await run(await search({ setup, delimiter: '=' }))
  expect(wrong.trial.broken?.message).toContain("cuts name from value at '*=', the search says batchtk.delimiter '='")
  expect(wrong.trial.broken?.hint).toContain("'*='")
  expect(wrong.trial.end).toMatchObject({ kind: 'failed', retry: null })
  expect(wrong.printed).not.toContain("{'x'")
  const old = await run(await search({ setup: site('said-old', batchtk(null)), delimiter: '*=' }))
  expect(old.trial.broken?.message).toContain("cuts name from value at '='")
  expect((await run(await search({ setup, delimiter: '*=' }))).trial).toMatchObject({ end: { kind: 'reported' }, broken: null })
})

test('an import that netpyne hides ends the search with the error and the line that mends it', async () => {
  const setup = site('hidden', { ...batchtk('*='), ...netpyne('import sklearn_that_is_not_there\n') })
  const code = 'from netpyne import specs, sim\nprint("ran")\nsim.send({})'
  const { trial, printed } = await run(await search({ setup }), code)
  expect(trial.broken?.message).toContain("ModuleNotFoundError: No module named 'sklearn_that_is_not_there'")
  expect(trial.broken?.hint).toMatch(/^\/.*python3\S* -m pip install .*/)
  expect(printed).not.toContain('ran')
  expect(printed).toContain('netpyne.batchtools cannot be imported')
  // mended: looked at again, for only what is good is kept
  site('hidden', netpyne(''))
  expect((await run(await search({ setup }), `import netpyne.batchtools\n${script}`)).trial.end.kind).toBe('reported')
})

test('netpyne without a word of batchtools may be as it is, and so may an import that the script guards', async () => {
  const setup = site('unused', netpyne('raise RuntimeError("broken")\n'))
  const plain = 'import netpyne\nprint("DIST_METRIC loss=1")'
  expect((await run(await search({ setup }), plain)).trial.end).toMatchObject({ kind: 'reported', values: [1] })
  const guarded = 'try:\n    import batchtk\nexcept ImportError:\n    print("DIST_METRIC loss=2")'
  expect((await run(await search({ setup }), guarded)).trial.end).toMatchObject({ kind: 'reported', values: [2] })
  const bare = await run(await search({ setup }), 'import batchtk')
  expect(bare.trial.broken).toMatchObject({ hint: expect.stringMatching(/pip install batchtk/) })
})

test('what the command names and imports is looked into, and nothing else that lies there', async () => {
  const setup = site('reached', { ...batchtk('*='), ...netpyne('import not_there_at_all\n') })
  const files = [
    { name: 'init.py', content: 'from src import cfg\nprint("DIST_METRIC loss=1")' },
    { name: 'src/__init__.py', content: '' },
    { name: 'src/cfg.py', content: 'x = 1' },
    { name: 'other.py', content: 'from netpyne.batchtools import specs' },
  ]
  const command: Partial<Assign> = { script: null, run: 'python3 init.py' }
  expect((await run(await search({ setup, workdir: 'input' }, files), '', command)).trial.end.kind).toBe('reported')
  files[2] = { name: 'src/cfg.py', content: 'from netpyne.batchtools import specs' }
  expect((await run(await search({ setup, workdir: 'input' }, files), '', command)).trial.broken?.message).toContain('not_there_at_all')
})

test('two trials that begin at once look once', async () => {
  const setup = site('twice', batchtk('*='))
  const jobset = { ...head.jobset({}), packed: true, ...trialRules({ commType: 'auto', delimiter: 'auto', setup }) }
  await head.build(session, jobset)
  const ids = [0, 1, 0, 1].map((slot) => give(jobset.uid, script, { slot }))
  for (const id of ids) expect(trialResult(await head.result(id)).end.kind).toBe('reported')
  expect(looks('twice')).toBe(1)
})

test('an image is asked for its delimiter alone, once, whatever it runs', async () => {
  const programs = join(agent.home, 'bin')
  mkdirSync(programs)
  const fake = `#!/bin/sh
echo "$1" >> ${agent.home}/containers
[ "$1" = exec ] && { echo; echo 'dist-probe {"python": "python3", "delimiter": "=", "batchtk": null, "netpyne": null}'; exit; }
env | grep -E '^(JSONRUNTK1|SOCNAME|STRRUNTK2)='
echo '{"loss": 1}' > distribute_save/search_0.out
`
  writeFileSync(join(programs, 'apptainer'), fake, { mode: 0o755 })
  const sif = head.file({ name: 'tool.sif', content: 'image' })
  const wire = { ...sif, sha256: Buffer.from(sif.sha256, 'hex') }
  const rules = trialRules({ commType: 'auto', delimiter: 'auto' })
  const jobset = { ...head.jobset({}), kind: 'apptainer', sif: wire, ...rules }
  await head.build(session, jobset)
  const trial = JSON.stringify({ number: 0, label: 'search_0', params })
  const image = { script: null, env: { PATH: `${programs}:/usr/bin:/bin` }, jobset_uid: jobset.uid, trial_json: trial }
  for (const _ of [1, 2]) {
    const { printed, trial } = await run(jobset.uid, '', image)
    expect(printed).toMatch(/^SOCNAME=\('127\.0\.0\.1', \d+\)$/m)
    expect(printed).toMatch(/^JSONRUNTK1=on=true$/m)
    expect(printed).toMatch(/^STRRUNTK2=saveFolder=\/distribute_save$/m)
    expect(trial.end.kind).toBe('reported')
  }
  const calls = readFileSync(join(agent.home, 'containers'), 'utf8').trim().split('\n')
  expect(calls.sort()).toEqual(['exec', 'run', 'run'])
})

test('a plain trial is not looked at', async () => {
  const uid = await search({})
  expect((await run(uid, 'print("DIST_METRIC loss=1")')).trial.end.kind).toBe('reported')
  expect(answers(uid)).toEqual([])
})

test('where Python cannot be asked the trial runs', async () => {
  const uid = await search({ setup: `PATH=${agent.home}/empty:/bin` })
  const command = 'NOTHING=batchtk; echo DIST_METRIC loss=3'
  const missing = { script: null, run: `${command}; true || ./no/such/python3 x` }
  const { trial, printed } = await run(uid, '', missing)
  expect(trial.end).toMatchObject({ kind: 'reported', values: [3] })
  expect(printed).toContain('was not looked at')
})

test('where the command does not tell which Python runs, no other one stops the search or changes what is sent', async () => {
  const setup = site('unsure', { ...batchtk(null), ...netpyne('import not_there_at_all\n') })
  const files = [{ name: 'init.py', content: 'from netpyne.batchtools import specs' }]
  const uid = await search({ setup, workdir: 'input' }, files)
  const command = { script: null, run: `PYTHONPATH=; python3 -c 'import os; print(sorted(os.environ))' init.py; echo DIST_METRIC loss=3` }
  const { trial, printed } = await run(uid, '', command)
  expect(trial).toMatchObject({ broken: null, end: { kind: 'reported', values: [3] } })
  expect(printed).toContain('batchtools was not looked at: the command does not tell which Python will run')
  expect(printed).toContain("'BOOLRUNTK1'")
  expect(answers(uid)).toEqual([])
})

test('parameters that batchtk before 0.0.2 cannot be sent end the search there', async () => {
  const uid = await search({ setup: site('old', batchtk(null)) })
  const { trial } = await run(uid, script, {}, [['a=b', float(1)]])
  expect(trial.broken?.message).toContain('older than 0.0.2')
})
