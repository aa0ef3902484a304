import { expect, test } from 'vitest'
import type { Jobset } from '../../shared/model/jobset.ts'
import { defaultOptions } from '../../shared/model/options.ts'
import { chooseJobs } from './choose-jobs.ts'

function jobset(needs: Readonly<Record<string, readonly string[]>>): Jobset<never> {
  const jobs = Object.entries(needs).map(([name, list]) => ({
    ...{ name, script: null, run: 'true', files: [], slurm: null, options: null },
    needs: list,
  }))
  const meta = { batchName: 'b', namespace: 'n', capabilities: ['gfortran', 'cuda>=12'], matrix: null }
  const initialize = { buildFile: null, build: null, sif: null, mounts: [], source: null, share: false, files: [] }
  const rest = { priority: 0, after: ['meshes'], maxFails: null, maxConcurrent: null, lostAfter: null, collect: null, comment: null }
  return { kind: 'shell', meta, initialize, options: defaultOptions, slurm: null, sge: null, ...rest, jobs }
}

test('all jobs run when none is named, without what only other machines and jobsets could give', () => {
  const { jobset: chosen, notes } = chooseJobs(jobset({ a: [], b: ['a'] }), null)
  expect(chosen.jobs.map(({ name, needs }) => [name, needs])).toEqual([
    ['a', []],
    ['b', ['a']],
  ])
  expect([chosen.meta.capabilities, chosen.after]).toEqual([[], []])
  expect(notes).toEqual(['runs here whether or not this machine has gfortran, cuda>=12', 'does not wait for meshes'])
})

test('named jobs run in file order; needs among them are kept, others are dropped and told', () => {
  const { jobset: chosen, notes } = chooseJobs(jobset({ a: [], b: ['a'], c: ['a', 'b'] }), ['c', 'b'])
  expect(chosen.jobs.map(({ name, needs }) => [name, needs])).toEqual([
    ['b', []],
    ['c', ['b']],
  ])
  expect(notes.at(-1)).toBe('does not wait for jobs that were not chosen with --job')
})

test('a name that no job has is refused with the nearest', () => {
  expect(() => chooseJobs(jobset({ small: [] }), ['smal'])).toThrow('--job smal: there is no such job in the file')
})
