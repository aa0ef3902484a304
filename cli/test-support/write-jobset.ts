// Writes a small jobset with its files, for tests of add and check.
import { writeFileSync } from 'node:fs'
import type { TestFolder } from './run-dist.ts'

/** `jobs.yaml` with a build, a shared input, one input a job, and a large one. */
export function writeJobset(folder: TestFolder, jobs = 3): void {
  writeFileSync(folder.join('build.py'), 'print("build")\n')
  writeFileSync(folder.join('run.py'), 'print("run")\n')
  writeFileSync(folder.join('mesh.msh'), 'mesh')
  writeFileSync(folder.join('large.bin'), Buffer.alloc(600_000, 7))
  const lines = [
    'meta: {batch_name: sweep, namespace: anna, capabilities: [python3]}',
    'python:',
    '  initialize:',
    '    build_file: build.py',
    '    required_files: [{path: mesh.msh}, {path: large.bin}]',
    '  jobs:',
  ]
  for (let i = 1; i <= jobs; i++) {
    writeFileSync(folder.join(`in_${i}.json`), `{"i": ${i}}`)
    lines.push(`    - {name: job_${i}, file: run.py, required_files: [{path: in_${i}.json, alias: input.json}]}`)
  }
  writeFileSync(folder.join('jobs.yaml'), `${lines.join('\n')}\n`)
}
