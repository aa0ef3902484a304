import { expect, test } from 'vitest'
import { withoutHostLists } from './host-lists.ts'

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'mpiexec -n $NSLOTS -hosts $(hostname) nrniv -python -mpi init.py',
    'mpiexec -n $NSLOTS nrniv -python -mpi init.py',
    ['-hosts $(hostname)'],
  ],
  ['mpirun -H `hostname` -np 4 ./model', 'mpirun -np 4 ./model', ['-H `hostname`']],
  ['module load x; mpiexec --host="$(hostname)" -n 2 ./a', 'module load x; mpiexec -n 2 ./a', ['--host="$(hostname)"']],
  ['mpiexec -host node1,node2 -n 2 ./a && curl -H "x: y" z', 'mpiexec -n 2 ./a && curl -H "x: y" z', ['-host node1,node2']],
]

test.each(cases)('%s', (command, shown, left) => {
  expect(withoutHostLists(command)).toEqual({ command: shown, left })
})

test('other commands keep their options', () => {
  const command = 'curl -H accept:x http://y; python3 init.py -hosts a; mpiexec -n 2 nrniv init.py'
  expect(withoutHostLists(command)).toEqual({ command, left: [] })
})
