// `dist template KIND`: a commented file to start from, with the keys and the order that users know.
import type { Kind } from '../model/jobset.ts'

/** Text of a jobset file whose only fault is that its files do not exist. */
export function jobsetTemplate(kind: Kind): string {
  switch (kind) {
    case 'python':
      return python
    case 'apptainer':
      return apptainer
    case 'shell':
      return shell
  }
}

const meta = `---
meta:
  # Results go to <namespace>/<batch_name>/<job name>/. Names must not contain '/', '..' or '@'.
  batch_name: your_jobset_name
  namespace: example_namespace
  # Who is told when all jobs are done: "@user:server.org", in quotes. ~ is nobody.
  matrix: ~
  # What a node must have, all of it. Also 'cuda>=12', 'os=debian', '!wifi'.
  capabilities:
`

const python = `${meta}    - gfortran
    - python3
python:
  # Done once on each node, before its first job.
  initialize:
    # Runs as ./build.py; fetches and compiles what the jobs need. Without this line nothing is built.
    # Paths are relative to the folder of this file.
    build_file: /path/to/build.py
    # Files that the build and every job find in ./input
    required_files:
      - path: /file/always/present/1.txt
        # the name that jobs see; ~ keeps the file's own
        alias: optional_alias.txt
      - path: /another/file/2.json
        alias: ~
      - path: /maybe/python/utils_file.py
        alias: ~
  jobs:
    - name: job_1
      # Runs as: python3 ./job.py <number of cores>. What it leaves in ./distribute_save is kept.
      file: execute_job.py
      # Files that only this job finds in ./input
      required_files:
        - path: job_configuration_file.json
          alias: ~
        - path: job_configuration_file_with_alias.json
          alias: input.json
# Without this a job has the whole node. With a number several share one, each with its cores in argv and DIST_CORES:
# resources: {cores: 1, memory: 2GiB}
`

const apptainer = `${meta}    - apptainer
apptainer:
  initialize:
    # The image. Its app 'distribute' is what runs; its first argument is the number of cores.
    # Paths are relative to the folder of this file.
    sif: solver.sif
    # Files that every job finds in /input
    required_files:
      - path: /file/always/present/1.txt
        # the name that jobs see; ~ keeps the file's own
        alias: optional_alias.txt
    # Folders of the image where a job has to write. What it leaves in /distribute_save is kept.
    required_mounts:
      - /path/inside/container
  jobs:
    - name: job_1
      # Files that only this job finds in /input
      required_files:
        - path: job_configuration_file.json
          alias: input.json
    - name: job_2
      required_files:
        - path: job_configuration_file_2.json
          alias: input.json
# Without this a job has the whole node. With a number several share one, each with its cores in argv and DIST_CORES:
# resources: {cores: 1, memory: 2GiB}
`

const shell = `${meta}    - gcc
shell:
  # Done once on each node, before its first job.
  initialize:
    # A command for /bin/sh -eu; fetches and compiles what the jobs need. Without this line nothing is built.
    build: cc -O2 -o solve input/solve.c -lm
    # Files that the build and every job find in ./input. Paths are relative to the folder of this file.
    required_files:
      - path: solve.c
        # the name that jobs see; ~ keeps the file's own
        alias: ~
  jobs:
    - name: job_1
      # A command for /bin/sh -eu. The number of cores is in $1 and in DIST_CORES.
      # What it leaves in ./distribute_save is kept.
      run: ./solve input/input.json > distribute_save/result.txt
      # Files that only this job finds in ./input
      required_files:
        - path: job_configuration_file.json
          alias: input.json
    - name: job_2
      run: |
        ./solve input/input.json > distribute_save/result.txt
        gzip distribute_save/result.txt
      required_files:
        - path: job_configuration_file_2.json
          alias: input.json
# Without this a job has the whole node. With a number several share one, each with its cores in argv and DIST_CORES:
# resources: {cores: 1, memory: 2GiB}
`
