// Jobs of every kind with what may be said about them, on the real agent, launcher and keeper.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead, newId } from '../support/fake-head.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { expectNoJobProcesses } from '../support/processes.ts'

const head = new FakeHead()
const agent = new AgentProcess()
const programs = join(agent.home, 'bin')
let session: FakeSession
let uid = ''

beforeAll(async () => {
  await head.start()
  mkdirSync(programs)
  agent.start(head, { env: { PATH: `${programs}:/usr/bin:/bin` } })
  session = await head.session()
  const jobset = {
    ...head.jobset({ files: [{ name: 'init.txt', content: 'init' }] }),
    kind: 'shell',
    build_command: 'echo "building with $1 in $DIST_CORES"; cat initial_files/init.txt > built.txt',
  }
  uid = jobset.uid
  const built = await head.build(session, jobset, 3)
  expect(built.stdout.toString()).toBe('building with 3 in 3\n')
  expect(built.outcome).toBe('succeeded')
}, 60_000)

afterAll(async () => {
  await agent.cleanUp()
  await head.stop()
})

async function run(job: Partial<Assign>, files: { name: string; content: string }[] = []) {
  const assign = { ...head.job(uid, '', { files }), script: null, cores: 2, ...job }
  session.send({ assign: [assign] })
  return await head.result(assign.attempt_id)
}

const text = (result: { readonly stdout: Buffer }) => result.stdout.toString()

test('a shell job finds the core count in $1 and in DIST_CORES, then its arguments, and what the build left', async () => {
  const result = await run({ run: 'echo "$1 $DIST_CORES [$2] [$3]"; cat built.txt input/init.txt', args: ['a b', '$(echo c)'] })
  expect(text(result)).toBe('2 2 [a b] [$(echo c)]\ninitinit')
  expect(result.outcome).toBe('succeeded')
})

test('a shell job ends at the first command that fails, or at a variable that is not there', async () => {
  expect(await run({ run: 'false; echo not reached' })).toMatchObject({ outcome: 'failed', exit_code: 1 })
  expect(await run({ run: 'echo "$NO_SUCH_THING"' })).toMatchObject({ outcome: 'failed', exit_code: 2 })
})

test('a job has its own variables, but cannot replace those of dist', async () => {
  const result = await run({ run: 'echo "$SEED $DIST_CORES $DIST_JOB"', env: { SEED: '7', DIST_CORES: '99', DIST_JOB: 'x' } })
  expect(text(result)).toBe('7 2 job_1\n')
})

test('parameters are in input/params.json and in DIST_PARAM_*, and not with the next job', async () => {
  const params = { 'mesh size': 'fine', a: 1.5 }
  const result = await run({
    run: 'cat input/params.json; echo "$DIST_PARAM_MESH_SIZE $DIST_PARAM_A"',
    params_json: JSON.stringify(params),
  })
  const [json, variables] = text(result).split('\n')
  expect(JSON.parse(json ?? '')).toEqual(params)
  expect(variables).toBe('fine 1.5')
  expect(text(await run({ run: 'ls input; env | grep -c DIST_PARAM || true' }))).toBe('init.txt\n0\n')
})

test('parameters that are no JSON object end as stage_failed with that reason', async () => {
  const result = await run({ run: 'true', params_json: '[1' })
  expect(result).toMatchObject({ outcome: 'stage_failed', started: false })
  expect(result.reason).toContain('no JSON')
})

test('a time limit ends the whole tree, and the outcome is timeout', async () => {
  const note = join(agent.home, 'grandchild')
  const result = await run({ run: `setsid sh -c 'echo $$ > ${note}; exec sleep 600' & sleep 600`, time_limit_seconds: 0.3 })
  expect(result).toMatchObject({ outcome: 'timeout', started: true })
  const pid = readFileSync(note, 'utf8').trim()
  expect(pid).toMatch(/^\d+$/)
  expect(existsSync(`/proc/${pid}`)).toBe(false)
  await expectNoJobProcesses(agent.work)
})

test('rules about what is saved: excluded names, nothing of a failure, a size that is too much', async () => {
  const make = 'cd distribute_save; mkdir d; echo x > d/a.tmp; echo kept > d/keep.txt; echo y > b.tmp; echo log'
  const excluded = await run({ run: make, save: { exclude: ['*.tmp'] } })
  expect(excluded.files.map((file) => file.path)).toEqual(['d/keep.txt'])
  const failed = await run({ run: `${make}; exit 3`, save: { only_on_success: true } })
  expect(failed).toMatchObject({ outcome: 'failed', exit_code: 3, files: [], folders: [] })
  expect(failed.notices.join()).toContain('save.only_on')
  expect(text(failed)).toBe('log\n')
  const large = await run({ run: 'head -c 50000 /dev/zero > distribute_save/big; echo log', save: { max_size: 40_000 } })
  expect(large).toMatchObject({ outcome: 'stage_failed', started: true, files: [] })
  expect(large.reason).toContain('max_size')
  expect(text(large)).toBe('log\n')
})

test('rules about what is saved outlive the agent', async () => {
  const note = join(agent.home, 'go')
  const assign = {
    ...head.job(uid, ''),
    script: null,
    run: `echo x > distribute_save/a.tmp; echo y > distribute_save/b; until [ -e ${note} ]; do sleep 0.02; done`,
    save: { exclude: ['*.tmp'] },
  }
  session.send({ assign: [assign] })
  await head.until(() => session.started.includes(assign.attempt_id), 'the start')
  await agent.kill('SIGKILL')
  agent.start(null, { env: { PATH: `${programs}:/usr/bin:/bin` } })
  session = await head.until(() => head.sessions.findLast((one) => one.open && one !== session), 'another session')
  writeFileSync(note, '')
  const result = await head.result(assign.attempt_id)
  expect(result.files.map((file) => file.path)).toEqual(['b'])
  // the head tells the jobset again in a new session
  const again = { ...head.jobset({ files: [{ name: 'init.txt', content: 'init' }] }), uid, kind: 'shell' }
  session.send({ jobsets: [again] })
})

test('without apptainer and singularity an image cannot run here, and the reason says so', async () => {
  const sif = head.file({ name: 'tool.sif', content: 'image' })
  const jobset = { ...head.jobset({}), kind: 'apptainer', sif: { ...sif, sha256: Buffer.from(sif.sha256, 'hex') }, mounts: ['/reqpath'] }
  expect((await head.build(session, jobset)).outcome).toBe('succeeded')
  const result = await run({ jobset_uid: jobset.uid, env: { PATH: '/nowhere' } })
  expect(result).toMatchObject({ outcome: 'stage_failed', started: false })
  expect(result.reason).toContain('apptainer')
})

test('an image runs from the cache, fetched once whatever the batch, with its folders bound', async () => {
  const fake = join(programs, 'apptainer')
  writeFileSync(fake, '#!/bin/sh\nprintf "%s\\n" "$@"; echo "in $DIST_SAVE_DIR"; touch _bind_path_0/seen distribute_save/out\n')
  chmodSync(fake, 0o755)
  const sif = head.file({ name: 'tool.sif', content: Buffer.alloc(400_000, newId(8)) })
  const wire = { ...sif, sha256: Buffer.from(sif.sha256, 'hex') }
  for (const batch of ['one', 'two']) {
    const jobset = { ...head.jobset({}), batch_name: batch, kind: 'apptainer', sif: wire, mounts: ['/reqpath'] }
    expect((await head.build(session, jobset)).outcome).toBe('succeeded')
    const w = join(agent.work, 'ws', jobset.uid)
    const result = await run({ jobset_uid: jobset.uid, args: ['last'] })
    const image = join(agent.work, 'cache', sif.sha256.slice(0, 2), sif.sha256)
    const binds = `${w}/distribute_save:/distribute_save:rw,${w}/input:/input:rw,${w}/_bind_path_0:/reqpath:rw`
    expect(text(result).trim().split('\n')).toEqual([
      'run',
      '--app',
      'distribute',
      '--bind',
      binds,
      image,
      '2',
      'last',
      'in /distribute_save',
    ])
    expect(result.files.map((file) => file.path)).toEqual(['out'])
    expect(existsSync(join(w, '_bind_path_0/seen'))).toBe(true)
  }
  expect(head.http.requests.filter((line) => line.includes(sif.sha256))).toHaveLength(1)
})

test('a kind of a newer head is refused by name, and the jobs of others go on', async () => {
  const jobset = { ...head.jobset({}), kind: 'wasm' }
  await head.build(session, jobset)
  const result = await run({ jobset_uid: jobset.uid })
  expect(result.reason).toContain('wasm')
  expect((await run({ run: 'true' })).outcome).toBe('succeeded')
})
