// The job that stands for a trial.
import { expect, test } from 'vitest'
import { float, int, type Params, text } from '../../shared/model/value.ts'
import { searchOf } from './test-support-specs.ts'
import { trialSpec } from './trial-spec.ts'

const params: Params = [
  ['x', float(3)],
  ['name', text("it's")],
  ['n', int(7)],
]

test('values are filled into the command as words of the shell, into arguments as they are', () => {
  const { options } = searchOf()
  const search = searchOf({ command: 'solve {{x}} {{name}}', options: { ...options, args: ['--n={{n}}', '{{name}}'] }, label: 'tune' })
  expect(trialSpec(search, 12, params)).toEqual({
    ...{ name: 'tune_00012', script: null, files: [], slurm: null, needs: [] },
    run: `solve 3.0 'it'\\''s'`,
    options: { args: ['--n=7', "it's"] },
    trial: { number: 12, label: 'tune_00012', params },
  })
})

test('without parameters in them its arguments are those of all, and a script or an image runs without a command', () => {
  const { options } = searchOf()
  const search = searchOf({ command: null, options: { ...options, args: ['fast'] } })
  expect(trialSpec(search, 0, params)).toMatchObject({ run: null, options: null })
})
