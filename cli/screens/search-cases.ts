// Command lines about searches whose screens are kept.
import { writeFileSync } from 'node:fs'
import type { FakeHead } from '../test-support/fake-head.ts'
import type { TestFolder } from '../test-support/run-dist.ts'
import { addFrontScene, addSearchScene } from '../test-support/search-scene.ts'
import type { ScreenCase } from './screen-case.ts'

export const searchCases: readonly ScreenCase[] = [
  {
    command: 'results',
    runs: [
      ['results', 'ca3_tune'],
      ['results', 'ca3_tune', '--failed'],
      ['results', 'ca3_tune', '--where', 'loss < 5 and `nmda.PYR->BC` > 0.00105', '--sort', '-g'],
      ['results', 'ca3_tune', '--where', "lss < 5 and state == 'reported'"],
      ['results', 'ca3_tune', '--where', 'loss < '],
      ['results', 'two_aims', '--pareto'],
      ['results', 'two_aims', '--watch'],
      ['results', 'two_aims', '--best', '3', '--output', 'best.csv'],
      ['results', 'two_aims', '--plot', 'front.svg'],
      ['results', 'reynolds_sweep'],
    ],
    prepare: searches,
  },
  {
    command: 'search run',
    runs: [
      ['search', 'run', 'batch.py', '--namespace', 'anna', '--detach'],
      ['search', 'run', 'wrong.py', '--namespace', 'anna'],
      ['search', 'run', 'batch.py', '--resources', 'two'],
      ['search', 'run', 'batch.py', '--python', './no-python'],
    ],
    prepare: (_head, folder) => scripts(folder),
  },
  {
    command: 'search import',
    runs: [
      ['search', 'import', 'batch.py', '--namespace', 'anna', '--resources', 'cores=2,memory=4GiB', '--setup', '. ~/venv/bin/activate'],
      ['search', 'import', 'batch.py', '--namespace', 'anna', '--output', 'jobs.yaml'],
      ['search', 'import', 'run.py'],
    ],
    prepare: (_head, folder) => scripts(folder),
  },
  {
    command: 'search show',
    runs: [
      ['search', 'show', 'ca3_tune'],
      ['search', 'show', 'two_aims'],
    ],
    prepare: searches,
  },
  {
    command: 'search extend',
    runs: [
      ['search', 'extend', 'two_aims', '--num-samples', '+8'],
      ['search', 'extend', 'two_aims', '--num-samples', 'many'],
      ['search', 'extend', '-f', 'two_aims.yaml', '--num-samples', '8'],
    ],
    prepare: searches,
  },
  {
    command: 'search stop',
    runs: [
      ['search', 'stop', 'ca3_tune'],
      ['search', 'stop', 'ca3_tune', '--cancel'],
    ],
    prepare: searches,
  },
  {
    command: 'search retry',
    runs: [
      ['search', 'retry', 'ca3_tune', '--failed'],
      ['search', 'retry', 'two_aims'],
    ],
    prepare: searches,
  },
  {
    command: 'search importance',
    runs: [['search', 'importance', 'two_aims', '--python', './python3']],
    prepare: searches,
  },
]

/** What commands about all kinds of jobsets tell of searches. */
export const searchesBeside: ScreenCase = {
  command: 'search beside others',
  runs: [['status'], ['top'], ['show', 'ca3_tune'], ['show', 'two_aims'], ['wait', 'two_aims']],
  prepare: searches,
}

/** Searches on the head, a file of one of them with another space, and an interpreter that knows an answer. */
function searches(head: FakeHead, folder: TestFolder): void {
  addSearchScene(head)
  addFrontScene(head)
  const search = '  command: sleep 1\n  algorithm: lhs\n  params: {x: {uniform: [0, 9]}}\n  metric: [f1, f2]\n'
  writeFileSync(folder.join('two_aims.yaml'), `meta: {batch_name: two_aims, namespace: anna}\nshell:\nsearch:\n${search}`)
  const answer = JSON.stringify({ id: 1, ok: { importances: { x: 0.75, 'nmda.PYR->BC': 0.25 }, trials: 12, notices: [] } })
  writeFileSync(folder.join('python3'), `#!/bin/sh\ncat > /dev/null\necho '${answer}'\n`, { mode: 0o755 })
}

/** A script in the style of the documents, one whose search is wrong, and what their trials run. */
function scripts(folder: TestFolder): void {
  const script = (params: string) => `from netpyne.batchtools.search import search
search(job_type='sge', comm_type='socket', label='grid', params=${params}, metric='loss', max_concurrent=3, output_path='./out',
       run_config={'queue': 'cpu.q', 'cores': 8, 'command': 'mpiexec -n $NSLOTS -hosts $(hostname) nrniv -python -mpi run.py'})
`
  writeFileSync(folder.join('batch.py'), script("{'nmda.PYR->BC': [1e-3, 1.8e-3], 'tau': range(3)}"))
  writeFileSync(folder.join('wrong.py'), script("{'a': [], 'a.b': [1]}"))
  writeFileSync(folder.join('run.py'), 'import sys\n')
}
