// `check_deallocate_jobs` of the original, with a real image under the real apptainer: the queue is empty when two jobs are
// over, and each has its own output only.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { ended } from '../support/jobset-state.ts'
import { skipOrFail } from '../support/needs.ts'
import { expectNoJobProcesses } from '../support/processes.ts'
import { buildTinyImage, containerPath, hasApptainer } from '../support/tiny-image.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

const app = [
  'read -r n < /input/input.txt',
  'read -r who < /input/who.txt',
  'echo "$((n * n))" > /distribute_save/simulated_output.txt',
  'echo "by $who" > "/distribute_save/$who"_output.txt',
  'echo "$who says $n"',
]

const activeJobsets = async (): Promise<number> => {
  const { jobsets } = JSON.parse(await distOk(head, ['status', '--json'])) as { jobsets: { state: string }[] }
  return jobsets.filter(({ state }) => state === 'active').length
}

test('check_deallocate_jobs: one batch in the queue, then none; each job has its own files and not those of the other', async (context) => {
  if (!hasApptainer()) skipOrFail(context, 'apptainer not installed')
  const folder = join(head.root, 'jobs')
  mkdirSync(folder)
  const image = buildTinyImage(folder, app)
  if (typeof image === 'string') return skipOrFail(context, image)
  writeFileSync(join(folder, 'tool.sif'), image)
  const jobs = ['job_1', 'job_2'].flatMap((name, i) => {
    writeFileSync(join(folder, `${name}_number.txt`), `${10 + 5 * i}\n`)
    writeFileSync(join(folder, `${name}_who.txt`), `${name}\n`)
    const files = `[{path: ${name}_number.txt, alias: input.txt}, {path: ${name}_who.txt, alias: who.txt}]`
    return [`    - name: ${name}`, `      required_files: ${files}`]
  })
  const lines = [
    'meta: {batch_name: squares, namespace: test, capabilities: [apptainer]}',
    'apptainer:',
    '  initialize: {sif: tool.sif}',
    '  jobs:',
  ]
  writeFileSync(join(folder, 'jobs.yaml'), `${[...lines, ...jobs].join('\n')}\n`)
  await distOk(head, ['add', join(folder, 'jobs.yaml')])
  expect(await activeJobsets()).toBe(1)
  const env = { PATH: `${containerPath}:/usr/sbin:/sbin` }
  const agent = await startAgent(head, { cores: 1, capabilities: ['apptainer'], env })
  expect((await ended(head, 'squares')).state).toBe('succeeded')
  expect(await activeJobsets()).toBe(0)
  const results = join(head.data, 'results/test/squares')
  for (const [name, square] of [
    ['job_1', '100\n'],
    ['job_2', '225\n'],
  ] as const) {
    expect(readdirSync(join(results, name)).sort()).toEqual([`${name}_output.txt`, 'simulated_output.txt', 'stdout.txt'])
    expect(readFileSync(join(results, name, 'simulated_output.txt'), 'utf8')).toBe(square)
  }
  await expectNoJobProcesses(agent.work)
}, 90_000)
