import { expect, test } from 'vitest'
import { interpreterOf } from './trial-interpreter.ts'

test.each([
  [null, 'python3'],
  ['python init.py', 'python'],
  ['  exec ~/venv/bin/python3.11 -u init.py > log 2>&1', '~/venv/bin/python3.11'],
  ['$CONDA_PREFIX/bin/python -m model', '$CONDA_PREFIX/bin/python'],
  ['mpiexec -n 4 --oversubscribe python init.py', 'python'],
  ['/opt/mpi/bin/mpirun --mca btl self,tcp -np 4 --bind-to core /opt/python3 init.py', '/opt/python3'],
  ['srun --mpi=pmix -n 8 nrniv -python -mpi init.py', '"$(dirname "$(command -v nrniv)")/python3"'],
  ['/home/u/venv/bin/nrniv -python init.py', '"$(dirname "$(command -v /home/u/venv/bin/nrniv)")/python3"'],
])('%s is run by %s', (command, python) => {
  expect(interpreterOf(command)).toBe(python)
})

test.each([
  '. ~/venv/bin/activate && python init.py',
  'python prepare.py; module load x; mpiexec -n 2 python init.py',
  'module load python\npython init.py',
  'conda run -n x python init.py',
  'sh run.sh',
  'mpiexec -n 4 sh python',
  "exec /bin/bash -c '. venv/bin/activate; python init.py'",
  'bash -c "python init.py"',
  'PATH=/opt/bin python init.py',
  'python a.py & /opt/python b.py',
  './python_model init.py',
  'python init.py || true',
])('nobody but the shell knows what runs %s', (command) => {
  expect(interpreterOf(command)).toBe('')
})
