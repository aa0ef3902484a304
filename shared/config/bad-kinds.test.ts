// Apptainer and shell jobsets that are wrong, and keys in the wrong kind, whatever not-yet.ts still refuses.
import { expect, test } from 'vitest'
import { casesOf, shown } from './test-cases.ts'

const cases = casesOf(`
# two kinds
python: {jobs: [{name: j, file: f}]}
shell: {jobs: [{name: j, run: x}]}
=> 3:1: shell: a jobset has one kind, and 'python' is there
   keep one of them, or make two files
# a kind that is misspelt
aptainer: {}
=> 2:1: aptainer: unknown key 'aptainer'
   did you mean 'apptainer'?
# the old spelling
singularity:
  initialize: {sif: a.sif}
  jobs: [{name: j}]
=> 2:1: notice: singularity: 'singularity' is the old spelling of 'apptainer'
# no image
apptainer:
  jobs: [{name: j}]
=> 3:3: apptainer: the key 'initialize' is missing
   initialize: the image and what every job needs
# an image that is null
apptainer:
  initialize: {sif: ~}
  jobs: [{name: j}]
=> 3:21: apptainer.initialize.sif: expected a file: a path, or {path: …, alias: …}, found ~
# initialize without image
apptainer:
  initialize: {required_files: []}
  jobs: [{name: j}]
=> 3:15: apptainer.initialize: the key 'sif' is missing
   sif: the image
# a script for an image
apptainer:
  initialize: {sif: a.sif, build_file: b.py}
  jobs:
    - {name: j, file: f.py}
=> 3:28: apptainer.initialize.build_file: unknown key 'build_file'
   an apptainer jobset has nothing to build; remove it
=> 5:17: apptainer.jobs[0].file: unknown key 'file'
   an apptainer job runs the app 'distribute' of the image; remove it
# mounts
apptainer:
  initialize: {sif: a.sif, required_mounts: [out, /, /a/../b, "/a:b", /out, /out/, /x//y/]}
  jobs: [{name: j}]
=> 3:46: apptainer.initialize.required_mounts[0]: 'out' is not absolute
   write an absolute path inside the container, like /out
=> 3:51: apptainer.initialize.required_mounts[1]: the whole container cannot be bound
   write an absolute path inside the container, like /out
=> 3:54: apptainer.initialize.required_mounts[2]: '/a/../b' has the part '..'
   write an absolute path inside the container, like /out
=> 3:63: apptainer.initialize.required_mounts[3]: '/a:b' has a character that a bind cannot have
   write an absolute path inside the container, like /out
=> 3:77: apptainer.initialize.required_mounts[5]: '/out/' is there twice
   write an absolute path inside the container, like /out
# a script for a shell
shell:
  initialize: {build_file: b.py}
  jobs:
    - {name: j, file: f.py}
=> 3:16: shell.initialize.build_file: unknown key 'build_file'
   a shell jobset has build, a command
=> 5:7: shell.jobs[0]: the key 'run' is missing
   run: command for /bin/sh -eu; $1 is the core count
=> 5:17: shell.jobs[0].file: unknown key 'file'
   a shell job has run, a command; name the file in required_files
# commands that are none
shell:
  initialize: {build: " "}
  jobs:
    - {name: j, run: ~}
    - {name: k, run: [a, b]}
    - {name: l, run: ""}
=> 3:23: shell.initialize.build: the command is empty
   write a command: make -C input
=> 5:22: shell.jobs[0].run: expected a command, found ~
   write a command: ./solve input/a.json
=> 6:22: shell.jobs[1].run: expected a command, found a list
=> 7:22: shell.jobs[2].run: the command is empty
   write a command: ./solve input/a.json
# a command for python
python:
  initialize: {build: make, required_mounts: [/a]}
  jobs:
    - {name: j, file: f, run: x}
=> 3:16: python.initialize.build: unknown key 'build'
   a python jobset has build_file
=> 3:29: python.initialize.required_mounts: unknown key 'required_mounts'
   only apptainer jobsets have mounts; remove it
=> 5:26: python.jobs[0].run: unknown key 'run'
   a python job has file
# a source of nothing
shell:
  initialize: {source: {ref: main}, share: maybe}
  jobs: [{name: j, run: x}]
=> 3:24: shell.initialize.source: neither 'git' nor 'archive' is there
   write {git: URL, ref: main} or {archive: URL, sha256: …}
=> 3:44: shell.initialize.share: expected true or false, found text
# a source of both
shell:
  initialize: {source: {git: "https://a/b", archive: "https://a/c.tar", sha256: x}}
  jobs: [{name: j, run: x}]
=> 3:24: shell.initialize.source: 'git' and 'archive' are both there
   write {git: URL, ref: main} or {archive: URL, sha256: …}
# an archive that is not pinned
shell:
  initialize: {source: {archive: "https://a/c.tar"}}
  jobs: [{name: j, run: x}]
=> 3:24: shell.initialize.source.sha256: the key 'sha256' is missing
   sha256: the 64 hex digits that sha256sum prints for the file
# an archive that cannot be
shell:
  initialize: {source: {archive: c.tar, sha256: abc, ref: main}}
  jobs: [{name: j, run: x}]
=> 3:34: shell.initialize.source.archive: 'c.tar' is no address of a file
   write an address that begins with https:// or http://
=> 3:49: shell.initialize.source.sha256: expected 64 hex digits, found 3 characters
   take what sha256sum prints
=> 3:54: shell.initialize.source.ref: 'ref' does not go with 'archive'
   remove it
# a repository that is a command
shell:
  initialize: {source: {git: "ext::sh -c id", ref: --upload-pack=x, submodules: 1}}
  jobs: [{name: j, run: x}]
=> 3:30: shell.initialize.source.git: 'ext::sh -c id' is no address of a repository
   write https://…, ssh://…, git@host:path or an absolute path
=> 3:52: shell.initialize.source.ref: '--upload-pack=x' is no branch, tag or commit
=> 3:81: shell.initialize.source.submodules: expected true or false, found a number
`)

test.each(cases)('$title', ({ text, expected }) => {
  expect(shown(`meta: {batch_name: b, namespace: n}\n${text}`, new Set())).toBe(expected)
})
