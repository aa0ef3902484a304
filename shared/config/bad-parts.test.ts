// Parts and keys that are missing, misspelt or in the wrong place.
import { expect, test } from 'vitest'
import { casesOf, shown } from './test-cases.ts'

const cases = casesOf(`
# nothing of it
{}
=> 1:1: the key 'meta' is missing
   meta: names and requirements
=> 1:1: the key 'python' is missing
   python: initialize and jobs of the jobset
# no names
meta: {}
python: {jobs: [{name: j, file: f}]}
=> 1:7: meta: the key 'batch_name' is missing
   batch_name: name of this jobset, unique in its namespace
=> 1:7: meta: the key 'namespace' is missing
   namespace: name of the group or project that it belongs to
# parts of the wrong type
meta: x
python: [1]
=> 1:7: meta: expected a mapping, found text
   write batch_name: … below it, indented
=> 2:9: python: expected a mapping, found a list
   write initialize: … below it, indented
# no jobs
meta: {batch_name: b, namespace: n}
python: {initialize: {}}
=> 2:9: python: the key 'jobs' is missing
   jobs: the jobs, at least one
# null jobs
meta: {batch_name: b, namespace: n}
python: {jobs: ~}
=> 2:16: python.jobs: expected a list of jobs, found ~
   write - {name: job_1, file: run.py} below it
# empty jobs
meta: {batch_name: b, namespace: n}
python: {jobs: []}
=> 2:16: python.jobs: there are no jobs
   add at least one: - {name: job_1, file: run.py}
# a job that is a word
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - run.py
=> 4:7: python.jobs[0]: expected a mapping, found text
   write name: … below it, indented
# a job without file
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j}
=> 4:7: python.jobs[0]: the key 'file' is missing
   file: python script that becomes job.py
# misspelt keys
mata: {batch_name: b, namespace: n}
pyton: {}
=> 1:1: mata: unknown key 'mata'
   did you mean 'meta'?
=> 2:1: pyton: unknown key 'pyton'
   did you mean 'python'?
# a misspelt key of a job
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f, requird_files: []}
=> 4:26: python.jobs[0].requird_files: unknown key 'requird_files'
   did you mean 'required_files'?
# a key in the wrong place
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f}
namespace: x
=> 5:1: namespace: unknown key 'namespace'
   'namespace' belongs in meta
# a key of another kind
meta: {batch_name: b, namespace: n}
python:
  initialize: {required_mounts: [/a]}
  jobs: [{name: j, file: run.py}]
=> 3:16: python.initialize.required_mounts: unknown key 'required_mounts'
   only apptainer jobsets have mounts; remove it
# a key of nowhere
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f, colour: red}
=> 4:26: python.jobs[0].colour: unknown key 'colour'
   known here: name, file, required_files, slurm
# a key for later
meta: {batch_name: b, namespace: n}
python:
  jobs:
    - {name: j, file: f, time_limit: 2h}
=> 4:26: python.jobs[0].time_limit: 'time_limit' is known, but this version cannot do it yet
   remove it
# another kind
meta: {batch_name: b, namespace: n}
apptainer: {}
=> 2:1: apptainer: 'apptainer' is known, but this version cannot do it yet
   write a python jobset for now
`)

const later = new Set(['apptainer', 'needs', 'resources', 'time_limit', 'retries', 'args', 'env', 'params', 'save', 'nice'])

test.each(cases)('$title', ({ text, expected }) => {
  expect(shown(text, later)).toBe(expected)
})
