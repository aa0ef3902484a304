// Builds between jobsets: used only where the sources are pinned or the file says so, with a copy of the output; made anew
// with --rebuild.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { ended } from '../support/jobset-state.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

async function run(batch: string, share: string, flags: readonly string[] = []): Promise<{ builds: number; output: string; seen: string }> {
  const folder = join(head.root, 'jobs')
  mkdirSync(folder, { recursive: true })
  const count = join(head.root, 'builds')
  const build = [
    `with open(${JSON.stringify(count)}, "a") as f: f.write("x")`,
    'import os',
    'print("built in", os.getcwd())',
    'open("solver", "w").write(os.getcwd())',
    '',
  ]
  writeFileSync(join(folder, 'build.py'), build.join('\n'))
  writeFileSync(
    join(folder, 'job.py'),
    'import os\nassert open("solver").read() == os.getcwd()\nprint(sorted(os.listdir(".")))\nopen("left", "w").close()\n',
  )
  const lines = [
    `meta: {batch_name: ${batch}, namespace: test, capabilities: []}`,
    'python:',
    `  initialize: {build_file: build.py${share}}`,
    '  jobs: [{name: j, file: job.py}]',
    '',
  ]
  writeFileSync(join(folder, `${batch}.yaml`), lines.join('\n'))
  await distOk(head, ['add', join(folder, `${batch}.yaml`), ...flags])
  expect((await ended(head, batch)).state).toBe('succeeded')
  const results = join(head.data, 'results/test', batch)
  return {
    builds: existsSync(count) ? readFileSync(count, 'utf8').length : 0,
    output: readFileSync(join(results, `${batch}_build_output-node-1.txt`), 'utf8'),
    seen: readFileSync(join(results, 'j/stdout.txt'), 'utf8'),
  }
}

test('a shared build runs once for several jobsets, at its own path, and each has its output under its own name', async () => {
  await startAgent(head)
  const first = await run('one', ', share: true')
  const second = await run('two', ', share: true')
  expect(second.builds).toBe(1)
  expect(second.output).toBe(first.output)
  // Not a trace of the other jobset's jobs.
  expect(second.seen).toBe(first.seen)
  expect(second.seen).not.toContain('left')
  const third = await run('three', ', share: true', ['--rebuild'])
  expect(third.builds).toBe(2)
  expect(third.output).not.toBe(first.output)
  // The newer one is what is shared from now on.
  const fourth = await run('four', ', share: true')
  expect([fourth.builds, fourth.output]).toEqual([2, third.output])
})

test('without a word every jobset builds for itself: a build script may fetch what moves', async () => {
  await startAgent(head)
  await run('one', '')
  expect((await run('two', '')).builds).toBe(2)
  expect((await run('three', ', share: true')).builds).toBe(3)
})
