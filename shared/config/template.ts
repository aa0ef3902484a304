// `dist template python`: a commented file to start from, with the keys and the order that users know.

type TemplateKind = 'python'

/** Text of a jobset file whose only fault is that its files do not exist. */
export function jobsetTemplate(kind: TemplateKind): string {
  switch (kind) {
    case 'python':
      return python
  }
}

const python = `---
meta:
  # Results go to <namespace>/<batch_name>/<job name>/. Names must not contain '/', '..' or '@'.
  batch_name: your_jobset_name
  namespace: example_namespace
  # Who is told when all jobs are done: "@user:server.org", in quotes. ~ is nobody.
  matrix: ~
  # What a node must have, all of it. Also 'cuda>=12', 'os=debian', '!wifi'.
  capabilities:
    - gfortran
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
`
