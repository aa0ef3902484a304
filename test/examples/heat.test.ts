// examples/heat for real: two agents compile the solver and solve six plates; what comes home is looked at.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { root } from '../support/programs.ts'

const names = ['cooling_fins', 'hot_pipe', 'labyrinth', 'plain_wall', 'slit', 'two_pipes']
const jobset = 'heat/plates'

let head: Head
let results = ''

beforeAll(async () => {
  head = await startHead()
  // more threads than cores would wait for each other
  await Promise.all(['node-a', 'node-b'].map((name) => startAgent(head, { name, cores: 1 })))
  await distOk(head, ['add', join(root, 'examples/heat/jobs.yaml')])
  await distOk(head, ['wait', jobset], { within: 90_000 })
  await distOk(head, ['pull', jobset, '--save-dir', 'pulled'])
  results = join(head.root, 'pulled', 'plates')
}, 120_000)
afterAll(() => head?.stop())

test('every job has its table, picture, summary and output', () => {
  expect(
    readdirSync(results)
      .filter((name) => !name.startsWith('.'))
      .sort(),
  ).toEqual(expect.arrayContaining(names))
  for (const name of names) {
    expect(readdirSync(join(results, name)).sort(), name).toEqual(['stdout.txt', 'summary.json', 'temperature.csv', 'temperature.png'])
  }
})

test('both nodes took part', async () => {
  const { jobs } = JSON.parse(await distOk(head, ['jobs', jobset, '--json'])) as { jobs: readonly { node: string; state: string }[] }
  expect(jobs.map(({ state }) => state)).toEqual(names.map(() => 'succeeded'))
  expect(new Set(jobs.map(({ node }) => node))).toEqual(new Set(['node-a', 'node-b']))
})

test('a wall between 100 and 0 degrees has a straight profile', () => {
  const field = table('plain_wall')
  expect(field).toHaveLength(120)
  for (const row of field) {
    for (const [column, temperature] of row.entries()) expect(Math.abs(temperature - (100 - (100 * (column + 0.5)) / 120))).toBeLessThan(1)
  }
})

test('no temperature leaves the range of what heats and cools the plate', () => {
  const ranges = { hot_pipe: [10, 100], two_pipes: [5, 95], slit: [0, 100], labyrinth: [0, 100], cooling_fins: [20, 90] } as const
  for (const [name, [least, most]] of Object.entries(ranges)) {
    const free = table(name)
      .flat()
      .filter((value) => !Number.isNaN(value))
    expect(Math.min(...free), name).toBeGreaterThanOrEqual(least)
    expect(Math.max(...free), name).toBeLessThanOrEqual(most)
    expect(Math.max(...free) - Math.min(...free), name).toBeGreaterThan((most - least) / 2)
  }
})

test('a symmetric case has a symmetric answer', () => {
  const field = table('hot_pipe')
  for (const [row, line] of field.entries()) {
    for (const [column, value] of line.entries()) expect(Math.abs(value - (field[column]?.[row] ?? Number.NaN))).toBeLessThan(0.02)
  }
})

test('the pictures are PNG files of three pixels a cell', () => {
  for (const name of names) {
    const png = readFileSync(join(results, name, 'temperature.png'))
    expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
    const cells = table(name).length
    expect([width, height], name).toEqual([cells * 3, cells * 3])
    const data = png.subarray(png.indexOf('IDAT') + 4)
    expect(inflateSync(data)).toHaveLength(height * (1 + width * 3))
  }
})

test('the job was told its cores and says what it did', () => {
  const summary = JSON.parse(readFileSync(join(results, 'slit', 'summary.json'), 'utf8')) as { cores: number; steps: number }
  expect(summary).toMatchObject({ cores: 1, steps: 14_000 })
  const output = readFileSync(join(results, 'slit', 'stdout.txt'), 'utf8')
  expect(output).toMatch(/^Through a slit: 1 cores granted\n200 x 200 cells, .*\nstep {3}1000 /)
})

test('the output of the build lies beside the jobs at the head', () => {
  for (const node of ['node-a', 'node-b']) {
    const file = join(head.data, 'results', 'heat', 'plates', `plates_build_output-${node}.txt`)
    expect(existsSync(file), file).toBe(true)
    expect(readFileSync(file, 'utf8')).toContain('-o heat heat.c')
  }
})

test('a second pull has nothing to fetch', async () => {
  const { included } = JSON.parse(await distOk(head, ['pull', jobset, '--save-dir', 'pulled', '--dry', '--json'])) as {
    included: readonly { state: string }[]
  }
  expect(included).toHaveLength(names.length * 4)
  expect(new Set(included.map(({ state }) => state))).toEqual(new Set(['same']))
})

function table(name: string): number[][] {
  const text = readFileSync(join(results, name, 'temperature.csv'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',').map(Number))
}
