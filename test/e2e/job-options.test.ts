// Optional keys of the jobset file from end to end: what a job sees of them, and what becomes of it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { dist, distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'

const jobset = `meta: {batch_name: options, namespace: test}
comment: all of them
args: [--fast, 1.50]
env: {COLOUR: red, SHAPE: round}
params: {re: 1.5, "mesh size": [1, 2]}
nice: 7
save: {exclude: ['*.tmp']}
shell:
  jobs:
    - name: plain
      run: |
        echo "$1 $2 $3 $COLOUR $SHAPE $DIST_PARAM_RE $DIST_PARAM_MESH_SIZE $(nice)"
        cp input/params.json distribute_save/; touch distribute_save/a.tmp
    - name: other
      run: echo "$1 $COLOUR $SHAPE $DIST_PARAM_RE $DIST_PARAM_N"
      args: []
      env: {COLOUR: blue}
      params: {re: 2, n: text}
    - {name: slow, run: sleep 60, time_limit: 300ms}
    - {name: wasteful, run: echo x > distribute_save/x; exit 3, save: {only_on: success}}
    - {name: after_plain, run: echo done, needs: [plain]}
    - {name: after_slow, run: echo never, needs: [slow]}
`

let head: Head
let jobs: readonly { readonly name: string; readonly state: string; readonly outcome: { readonly kind: string } | null }[] = []
beforeAll(async () => {
  head = await startHead()
  await startAgent(head, { name: 'node-a', cores: 1 })
  mkdirSync(join(head.root, 'set'))
  const file = join(head.root, 'set', 'jobs.yaml')
  writeFileSync(file, jobset)
  await distOk(head, ['add', file])
  // some of its jobs fail
  expect((await dist(head, ['wait', 'test/options'])).code).toBe(1)
  await distOk(head, ['pull', 'test/options', '--save-dir', 'pulled'])
  jobs = (JSON.parse(await distOk(head, ['jobs', 'test/options', '--json'])) as { jobs: typeof jobs }).jobs
}, 90_000)
afterAll(() => head?.stop())

const path = (job: string, file: string): string => join(head.root, 'pulled', 'options', job, file)
const read = (job: string, file: string): string => readFileSync(path(job, file), 'utf8')
const find = (name: string) => jobs.find((job) => job.name === name)

test('a job sees arguments, environment, parameters and priority of its jobset', () => {
  expect(read('plain', 'stdout.txt')).toBe('1 --fast 1.50 red round 1.5 [1,2] 7\n')
  expect(JSON.parse(read('plain', 'params.json'))).toEqual({ re: 1.5, 'mesh size': [1, 2] })
})

test('what a job says itself goes before', () => {
  expect(read('other', 'stdout.txt')).toBe('1 blue round 2 text\n')
})

test('what is excluded is not shipped, and of a job that failed nothing where only success counts', () => {
  expect(existsSync(path('plain', 'a.tmp'))).toBe(false)
  expect(find('wasteful')).toMatchObject({ state: 'failed', outcome: { kind: 'failed' } })
  expect(existsSync(path('wasteful', 'x'))).toBe(false)
})

test('a job over its time ends as timeout, and what needs it is skipped', () => {
  expect(find('slow')).toMatchObject({ state: 'failed', outcome: { kind: 'timeout' } })
  expect(find('after_plain')).toMatchObject({ state: 'succeeded' })
  expect(find('after_slow')).toMatchObject({ state: 'skipped' })
})
