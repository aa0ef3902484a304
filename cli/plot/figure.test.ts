// Pictures as files: what is kept beside is looked at when it changes. Made anew with --update.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { SearchReply } from '../../shared/api/types.ts'
import { trialRow } from '../results/trial-row.ts'
import { addSearch, reported, trialReply } from '../test-support/fake-searches.ts'
import { FakeState } from '../test-support/fake-state.ts'
import { drawFigure } from './figure.ts'
import { bestSoFar, metricScatter, paramScatter, paretoPanel } from './panels.ts'
import { plotData } from './plot-data.ts'

const hostile = '<script>alert("1")</script>&\u0000\ud800'
const metrics: SearchReply['metrics'] = [
  { name: 'loss', mode: 'min' },
  { name: hostile, mode: 'max' },
]

async function figure(count: number): Promise<string> {
  const trials = Array.from({ length: count }, (_, i) => {
    const x = ((i * 61) % 97) / 97
    const params = [
      ['x', { kind: 'float', value: x }],
      ['rate', { kind: 'float', value: 10 ** (4 * x - 5) }],
      [hostile, { kind: 'text', value: i % 3 === 0 ? hostile : 'b' }],
    ] as never
    if (i % 11 === 5) return trialReply(i, { state: 'failed', ended: i + 1, params })
    return reported(i, [(x - 0.3) ** 2 + 1 / (i + 1), x * (1 - x / 3)], '{}', { params })
  })
  const { reply } = addSearch(new FakeState(), 1, trials, { metrics })
  async function* rows() {
    // in whatever order they are read
    for (const trial of trials.toReversed()) yield trialRow(trial)
  }
  const data = await plotData(rows(), reply)
  const scatters = [0, 1, 2].map((param) => ({ panel: paramScatter(data, metrics, param, 0), wide: false }))
  return drawFigure(
    `anna/tune ${hostile}`,
    [
      { panel: paretoPanel(data, metrics, [0, 1]), wide: true },
      { panel: bestSoFar(data, metrics, 0), wide: true },
      ...scatters,
      { panel: metricScatter(data, metrics, 1, 0), wide: false },
    ],
    `note ${hostile}`,
  )
}

test('a figure with every panel is the same every time', async () => {
  const svg = await figure(60)
  expect(await figure(60)).toBe(svg)
  await expect(svg).toMatchFileSnapshot('figure.svg')
})

test('it is well-formed XML, whatever names hold, and nothing of them is markup', async () => {
  const svg = await figure(60)
  expect(svg).not.toContain('<script')
  const parse =
    'import sys, xml.dom.minidom as m; d = m.parseString(sys.stdin.buffer.read()); print(d.documentElement.tagName, len(d.getElementsByTagName("text")) > 30)'
  const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', parse], { input: svg, encoding: 'utf8' })
  expect([stdout, stderr]).toEqual(['svg True\n', ''])
})

test('numbers are finite, and inside of the picture', async () => {
  for (const count of [1, 2, 60]) {
    const svg = await figure(count)
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    const [, width = '', height = ''] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? []
    const places = [...svg.matchAll(/ (c?[xy][12]?)="([-\d.]+)"/g)]
    expect(places.length).toBeGreaterThan(20)
    for (const [, axis = '', at = ''] of places) {
      expect(Number(at)).toBeGreaterThanOrEqual(0)
      expect(Number(at)).toBeLessThanOrEqual(Number(axis.includes('x') ? width : height))
    }
  }
})

test('a hundred thousand trials make a file of the size of a picture', async () => {
  expect((await figure(100_000)).length).toBeLessThan(2 << 20)
})

test('the line of the best goes down where a better one came, and only there', async () => {
  const trials = [5, 7, 3, 3, 4, 1].map((value, i) => reported(i, [value], '{}', { params: [['x', { kind: 'int', value: i }]] }))
  const { reply } = addSearch(new FakeState(), 1, trials)
  async function* rows() {
    for (const trial of trials) yield trialRow(trial)
  }
  const { marks, x, y } = bestSoFar(await plotData(rows(), reply), reply.metrics, 0)
  const to = { x: (place: number) => Math.round(place * 1000), y: (place: number) => Math.round(place * 1000) }
  const at = (trial: number, value: number) => [to.x(x.place(trial)), to.y(y.place(value))]
  const [begin, second, third] = [at(0, 5), at(2, 3), at(5, 1)]
  const line = `M${begin[0]} ${begin[1]}H${second[0]}V${second[1]}H${third[0]}V${third[1]}H${third[0]}V${third[1]}`
  expect(marks(to).join('')).toContain(`d="${line}"`)
})
