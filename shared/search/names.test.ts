// Names of trials.
import { expect, test } from 'vitest'
import { runLabel, trialLabel } from './names.ts'

test('a trial is named by its number, however large', () => {
  expect([0, 825, 123_456].map((trial) => trialLabel('optuna', trial))).toEqual(['optuna_00000', 'optuna_00825', 'optuna_123456'])
  expect([0, 123_456].map(runLabel)).toEqual(['run_00000000', 'run_00123456'])
})
