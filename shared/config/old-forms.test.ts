// What files written for the original look like, in the forms of its releases. Its units `sample_files_parse`,
// `duplicate_names` and `templates` are here under their names.
import { expect, test } from 'vitest'
import { kinds } from '../model/jobset.ts'
import { parseJobset } from './parse-jobset.ts'
import { jobsetTemplate } from './template.ts'

const parse = (text: string) => parseJobset(text, { file: 'jobs.yaml', folder: '/x' })

const head = (kind: string) => `---
meta:
  batch_name: walls
  namespace: group
  matrix: ~
  capabilities: [gfortran, python3]
${kind}:
`

const samples: readonly (readonly [string, string])[] = [
  [
    'python: scripts as text',
    `${head('python')}  initialize:
    build_file: /opt/build.py
    required_files:
      - path: /data/mesh.msh
        alias: ~
  jobs:
    - name: re_100
      file: run.py
      required_files:
        - path: re_100.json
          alias: input.json
`,
  ],
  [
    'python: scripts as mappings, slurm at both places',
    `${head('python')}  initialize:
    build_file: {path: /opt/build.py, alias: ~}
    required_files: []
  jobs:
    - name: re_100
      file: {path: run.py}
      slurm: {job_name: first, nodes: 1, time: 00:30:00}
    - name: re_200
      file: {path: run.py, alias: null}
      slurm: ~
slurm: {partition: short, cpus_per_task: 4}
`,
  ],
  [
    'apptainer: the image as text',
    `${head('apptainer')}  initialize:
    sif: solver.sif
    required_mounts:
      - /solver/output/
  jobs:
    - name: re_100
      required_files:
        - path: re_100.json
          alias: input.json
`,
  ],
  [
    'apptainer: the image as mapping, nulls spelled out',
    `${head('apptainer')}  initialize:
    sif: {path: solver.sif, alias: ~}
    required_files: ~
    required_mounts: ~
  jobs:
    - name: re_100
      required_files: ~
      slurm: ~
`,
  ],
  ['singularity, as it was once called', `${head('singularity')}  initialize: {sif: solver.sif}\n  jobs: [{name: re_100}]\n`],
]

test.each(samples)('sample_files_parse: %s', (_, text) => {
  const { jobset, problems } = parse(text)
  expect(problems.filter(({ severity }) => severity !== 'notice')).toEqual([])
  expect(jobset).toMatchObject({ meta: { batchName: 'walls', capabilities: ['gfortran', 'python3'] } })
  expect(jobset?.jobs[0]?.name).toBe('re_100')
})

test('sample_files_parse: all of them as JSON too', () => {
  const { jobset, problems } = parse(
    JSON.stringify({
      meta: { batch_name: 'walls', namespace: 'group', matrix: null, capabilities: [] },
      apptainer: { initialize: { sif: { path: 'a.sif', alias: null }, required_mounts: ['/out/'] }, jobs: [{ name: 'a', slurm: null }] },
    }),
  )
  expect(problems).toEqual([])
  expect(jobset?.initialize.mounts).toEqual(['/out/'])
})

test.each([
  ['apptainer', '', 'initialize: {sif: a.sif}'],
  ['shell', 'run: x', 'initialize: ~'],
  ['python', 'file: x', 'initialize: ~'],
])('duplicate_names: a list of different names passes, one that is there twice fails (%s)', (kind, rest, initialize) => {
  const jobs = (...names: string[]) => names.map((name) => `    - {name: ${name}, ${rest}}\n`).join('')
  const text = (list: string) => `${head(kind)}  ${initialize}\n  jobs:\n${list}`
  expect(parse(text(jobs('a', 'b', 'c'))).jobset?.jobs).toHaveLength(3)
  expect(parse(text(jobs('a', 'b', 'a'))).problems.map(({ message }) => message)).toEqual([`the name 'a' is taken by ${kind}.jobs[0]`])
})

test.each(kinds)('templates: that of %s is a jobset of its kind', (kind) => {
  expect(parse(jobsetTemplate(kind)).jobset?.kind).toBe(kind)
})
