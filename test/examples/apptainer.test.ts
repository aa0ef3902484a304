// examples/apptainer for real, with its own app in an image that needs no network to be made.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { skipOrFail } from '../support/needs.ts'
import { root } from '../support/programs.ts'
import { buildTinyImage, containerPath, hasApptainer } from '../support/tiny-image.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

test('the sequences of both jobs are as long and as high as is known', async (context) => {
  if (!hasApptainer()) skipOrFail(context, 'apptainer not installed')
  const example = join(head.root, 'example')
  cpSync(join(root, 'examples/apptainer'), example, { recursive: true })
  const [, app] = readFileSync(join(example, 'collatz.def'), 'utf8').split('%apprun distribute\n')
  const folder = join(head.root, 'image')
  mkdirSync(folder)
  const image = buildTinyImage(folder, (app ?? '').trimEnd().split('\n'))
  if (typeof image === 'string') return skipOrFail(context, image)
  writeFileSync(join(example, 'collatz.sif'), image)
  const env = { PATH: `${containerPath}:/usr/sbin:/sbin` }
  await startAgent(head, { name: 'node-a', cores: 1, capabilities: ['apptainer'], env })
  await distOk(head, ['add', join(example, 'jobs.yaml')])
  await distOk(head, ['wait', 'containers/collatz'])
  await distOk(head, ['pull', 'containers/collatz', '--save-dir', 'pulled'])
  const read = (job: string, file: string) => readFileSync(join(head.root, 'pulled/collatz', job, file), 'utf8')
  expect(read('small', 'steps.csv')).toBe('start,steps,highest\n6,8,16\n27,111,9232\n97,118,9232\n')
  expect(read('large', 'steps.csv')).toBe('start,steps,highest\n871,178,190996\n6171,261,975400\n')
  expect(read('small', 'stdout.txt')).toContain('on 1 cores\n')
}, 90_000)
