// Values that cannot be.
import { expect, test } from 'vitest'
import { casesOf, shown } from './test-cases.ts'

const cases = casesOf(String.raw`
# a name with a slash
meta: {batch_name: a/b, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: a name must not contain '/'
   use letters, digits, and signs like _ - + = . inside
# a name with two dots
meta: {batch_name: a..b, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: a name must not contain '..'
   use letters, digits, and signs like _ - + = . inside
# a hidden name
meta: {batch_name: .a, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: a name must not begin with '.'
   use letters, digits, and signs like _ - + = . inside
# a name with @
meta: {batch_name: a@2, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: a name must not contain '@'
   use letters, digits, and signs like _ - + = . inside
# an empty name
meta: {batch_name: "", namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: a name must not be empty
   use letters, digits, and signs like _ - + = . inside
# a name with control characters
meta: {batch_name: "a\e[1m", namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: a name must not contain control characters
   use letters, digits, and signs like _ - + = . inside
# the name logs
meta: {batch_name: logs, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: 'logs' is reserved
   use letters, digits, and signs like _ - + = . inside
# a long name
meta: {batch_name: üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: a name has at most 128 bytes, this one 130
   use letters, digits, and signs like _ - + = . inside
# no name
meta: {batch_name: ~, namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: expected a name, found ~
# a list as name
meta: {batch_name: [a], namespace: n}
python: {jobs: [{name: j, file: run.py}]}
=> 1:20: meta.batch_name: expected a name, found a list
# a job that is named like a log
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: b_build_output-lab1.txt, file: f}
=> 4:14: python.jobs[0].name: names that begin with 'b_build_output-' are reserved for the logs of the build
   use letters, digits, and signs like _ - + = . inside
# two jobs of one name
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f}
    - {name: k, file: f}
    - {name: "j", file: f}
=> 6:14: python.jobs[2].name: the name 'j' is taken by python.jobs[0]
   give every job its own name
# a capability that is none
meta: {batch_name: b, namespace: n, capabilities: [a, "b c", 1]}
python: {jobs: [{name: j, file: run.py}]}
=> 1:55: meta.capabilities[1]: 'b c' is no capability
   write a word like gfortran, 'cuda>=12', 'os=debian' or '!wifi'
# a word for capabilities
meta: {batch_name: b, namespace: n, capabilities: gpu}
python: {jobs: [{name: j, file: run.py}]}
=> 1:51: meta.capabilities: expected a list, found text
   write a list: [gfortran, python3]
# a Matrix id that is none
meta: {batch_name: b, namespace: n, matrix: anna}
python: {jobs: [{name: j, file: run.py}]}
=> 1:45: meta.matrix: 'anna' is no Matrix user id
   write "@name:server.org" in quotes, or ~ for nobody
# a file that is a list
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: [a]}
=> 4:23: python.jobs[0].file: expected a file: a path, or {path: …, alias: …}, found a list
# a null file
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: ~}
=> 4:23: python.jobs[0].file: expected a file: a path, or {path: …, alias: …}, found ~
# a file without path
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: {alias: x}}
=> 4:23: python.jobs[0].file: the key 'path' is missing
   path: file or folder, relative to the folder of this file
# a word for required_files
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: x}
  jobs: [{name: j, file: run.py}]
=> 3:32: python.initialize.required_files: expected a list, found text
   write a list: [a.json, {path: b.json, alias: input.json}]
# an empty path
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: [""]}
  jobs: [{name: j, file: run.py}]
=> 3:33: python.initialize.required_files[0]: the path is empty
   write the path of a file, relative to the folder of this file
# a path that needs a shell
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: [~/x]}
  jobs: [{name: j, file: run.py}]
=> 3:33: python.initialize.required_files[0]: '~' in '~/x' is not expanded
   write the whole path
# a path without a name
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: [..]}
  jobs: [{name: j, file: run.py}]
=> 3:33: python.initialize.required_files[0]: the name of '..' cannot be used: it has no name
   give it an alias: the name that the job sees
# an alias that leads out
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: [{path: a, alias: ../b}]}
  jobs: [{name: j, file: run.py}]
=> 3:50: python.initialize.required_files[0].alias: the alias '../b' cannot be used: it has the part '..'
   write a name like mesh.msh, or a path below input/ like meshes/a.msh
# an absolute alias
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: [{path: a, alias: /b}]}
  jobs: [{name: j, file: run.py}]
=> 3:50: python.initialize.required_files[0].alias: the alias '/b' cannot be used: it is absolute
   write a name like mesh.msh, or a path below input/ like meshes/a.msh
# an empty alias
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: [{path: a, alias: ""}]}
  jobs: [{name: j, file: run.py}]
=> 3:50: python.initialize.required_files[0].alias: the alias '' cannot be used: it is empty
   write a name like mesh.msh, or a path below input/ like meshes/a.msh
# an alias of no text
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: [{path: a, alias: [b]}]}
  jobs: [{name: j, file: run.py}]
=> 3:50: python.initialize.required_files[0].alias: expected a name, found a list
# one name twice
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_files: [a/x, {path: b, alias: x}]}
  jobs: [{name: j, file: run.py}]
=> 3:45: python.initialize.required_files[1]: 'x' is there twice: entry [0] has the same name
   give one of them another alias
# an unknown key of slurm
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f}
slurm: {cpus-per-task: 4}
=> 5:9: warning: slurm.cpus-per-task: unknown key 'cpus-per-task' is ignored
   did you mean 'cpus_per_task'?
# a number of slurm that is none
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f}
slurm: {nodes: "2", ntasks: -1, time: [1]}
=> 5:16: slurm.nodes: expected a whole number, found text
   nodes: 4
=> 5:29: slurm.ntasks: expected a whole number, found a number
   ntasks: 4
=> 5:39: slurm.time: expected text, found a list
`)

test.each(cases)('$title', ({ text, expected }) => {
  expect(shown(text)).toBe(expected)
})
