import { expect, test } from 'vitest'
import { attemptEnvironment, inheritedEnvironment, jobsetEnvironment } from './environment.ts'

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

test('OMP_NUM_THREADS and PYTHONUNBUFFERED stay as the owner of the node set them', () => {
  const facts = { w: '/w', jobset: 'a/b', node: 'n' }
  expect(jobsetEnvironment({ PYTHONUNBUFFERED: '' }, facts)).toMatchObject({ PYTHONUNBUFFERED: '', DIST_SAVE_DIR: '/w/distribute_save' })
  expect(jobsetEnvironment({}, facts)).toMatchObject({ PYTHONUNBUFFERED: '1', PWD: '/w' })
  expect(attemptEnvironment({ OMP_NUM_THREADS: '9' }, { id: 'i', cores: 2, jobName: 'j' })).not.toHaveProperty('OMP_NUM_THREADS')
  expect(attemptEnvironment({}, { id: 'i', cores: 2, jobName: 'j' })).toEqual({
    OMP_NUM_THREADS: '2',
    DIST_CORES: '2',
    DIST_ATTEMPT: 'i',
    DIST_JOB: 'j',
  })
})
