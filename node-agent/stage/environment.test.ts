import { expect, test } from 'vitest'
import type { AttemptId, JobsetUid } from '../../shared/model/ids.ts'
import { attemptEnvironment, buildEnvironment, inheritedEnvironment, jobsetEnvironment } from './environment.ts'

const facts = { w: '/w', jobset: 'a/b', node: 'n', container: false, trials: false }

test('secrets of the agent and the variables of an outer runtime are not inherited', () => {
  const env = {
    PATH: '/bin',
    DIST_TOKEN: 's',
    DIST_AGENT_JOIN: 's',
    DIST_HEAD: 'h',
    DIST_AGENT_NAME: 'n',
    MYRUNTKX: 'x',
    SOCNAME: 'x',
    MSGFILE: 'x',
    SGLFILE: 'x',
  }
  expect(inheritedEnvironment(env)).toEqual({ PATH: '/bin' })
})

test('what batchtk would read under a common name is kept from trials only', () => {
  const inherited = inheritedEnvironment({ JOBID: '7', OUTFILE: 'o', signal_file: 's' })
  expect(jobsetEnvironment(inherited, facts)).toMatchObject({ JOBID: '7', OUTFILE: 'o', signal_file: 's' })
  expect(jobsetEnvironment(inherited, { ...facts, trials: true })).toEqual(jobsetEnvironment({}, facts))
})

const id = 'a'.repeat(32) as AttemptId
const job = {
  kind: 'job',
  id,
  uid: 'b'.repeat(16) as JobsetUid,
  cores: 2,
  slot: 0,
  jobName: 'j',
  number: 1,
  script: null,
  run: 'true',
  files: [],
  args: [],
  env: {},
  timeLimit: null,
  params: null,
  nice: 0,
  save: null,
  memory: null,
  gpus: [],
  trial: null,
} as const

test('OMP_NUM_THREADS and PYTHONUNBUFFERED stay as the owner of the node set them', () => {
  expect(jobsetEnvironment({ PYTHONUNBUFFERED: '' }, facts)).toMatchObject({ PYTHONUNBUFFERED: '', DIST_SAVE_DIR: '/w/distribute_save' })
  expect(jobsetEnvironment({}, facts)).toMatchObject({ PYTHONUNBUFFERED: '1', PWD: '/w' })
  expect(attemptEnvironment({ OMP_NUM_THREADS: '9' }, job, 0)).not.toHaveProperty('OMP_NUM_THREADS')
  expect(attemptEnvironment({}, job, 0)).toEqual({ OMP_NUM_THREADS: '2', DIST_CORES: '2', DIST_ATTEMPT: id, DIST_JOB: 'j' })
})

test('in a container input and distribute_save are where they are bound to', () => {
  const env = jobsetEnvironment({}, { ...facts, container: true })
  expect(env).toMatchObject({ PWD: '/w', DIST_SAVE_DIR: '/distribute_save', DIST_INPUT_DIR: '/input' })
})

test("a job's own variables come after ours, but those named DIST_* stay ours", () => {
  const env = attemptEnvironment({}, { ...job, env: { OMP_NUM_THREADS: '1', DIST_CORES: '64', DIST_MINE: 'x', SEED: '7' } }, 0)
  expect(env).toMatchObject({ OMP_NUM_THREADS: '1', DIST_CORES: '2', SEED: '7' })
  expect(env).not.toHaveProperty('DIST_MINE')
})

test('parameters are variables: text as it is, everything else as JSON', () => {
  const params = JSON.stringify({ 'mesh size': 'fine', a: 1.5, list: [1, 2], off: null })
  expect(attemptEnvironment({}, { ...job, params }, 0)).toMatchObject({
    DIST_PARAM_MESH_SIZE: 'fine',
    DIST_PARAM_A: '1.5',
    DIST_PARAM_LIST: '[1,2]',
    DIST_PARAM_OFF: 'null',
  })
})

test('granted GPUs are the visible ones; without any a job sees none of the node', () => {
  expect(attemptEnvironment({}, { ...job, gpus: [1, 3] }, 4)).toHaveProperty('CUDA_VISIBLE_DEVICES', '1,3')
  expect(attemptEnvironment({}, job, 4)).toHaveProperty('CUDA_VISIBLE_DEVICES', '')
  expect(attemptEnvironment({}, job, 0)).not.toHaveProperty('CUDA_VISIBLE_DEVICES')
})

test('builds clone with the key of the owner, and never ask', () => {
  expect(buildEnvironment({}, "/k/it's")).toEqual({
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: `ssh -i '/k/it'\\''s' -o BatchMode=yes -o IdentitiesOnly=yes`,
  })
  expect(buildEnvironment({ GIT_SSH_COMMAND: 'own' }, null)).not.toHaveProperty('GIT_SSH_COMMAND')
})
