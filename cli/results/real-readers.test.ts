// Exports read by what people have: netpyne's Analyzer and pandas read the csv, pyarrow the Parquet.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { batchtoolsPython, hasBatchtools } from '../../scripts/setup/batchtools.mjs'
import { skipOrFail } from '../../test/support/needs.ts'
import { addSearch, reported } from '../test-support/fake-searches.ts'
import { FakeState } from '../test-support/fake-state.ts'
import { TestFolder } from '../test-support/run-dist.ts'
import { csvFormOf } from './csv-form.ts'
import { type ExportFormat, exportResults } from './export-results.ts'
import { trialRow } from './trial-row.ts'

const folder = new TestFolder()
afterAll(() => folder.remove())
const quiet = { columns: null, write: () => undefined, flush: () => Promise.resolve() }
const io = { stdout: quiet, stderr: quiet, env: {}, cwd: folder.path, signal: new AbortController().signal }

/** loss follows from x.a->b alone; the names of the file that was written. */
async function exported(format: ExportFormat, bare = false): Promise<string> {
  const trials = Array.from({ length: 60 }, (_, i) => {
    const x = ((i * 37) % 60) / 10
    const params = [
      ['x.a->b', { kind: 'float', value: x }],
      ['n', { kind: 'int', value: (i * 7) % 5 }],
    ] as never
    return reported(i, [(x - 2) ** 2], JSON.stringify({ loss: (x - 2) ** 2, said: 'a "b", c' }), { params })
  })
  const { reply: search } = addSearch(new FakeState(), 1, trials)
  async function* rows() {
    for (const trial of trials) yield trialRow(trial)
  }
  const file = `${bare ? 'bare' : 'out'}.${format}`
  await exportResults(io, { search, rows, format, csv: csvFormOf(search, bare), file })
  return folder.join(file)
}

async function python(generation: 'newest' | 'ray', code: string, file: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(batchtoolsPython[generation], ['-c', code, file])
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}

test('netpyne Analyzer reads the csv and finds what the loss depends on', async (context) => {
  if (!hasBatchtools('newest')) skipOrFail(context, 'batchtools are not installed: node scripts/setup.mjs --tests')
  const code = `import json, sys
from netpyne.batchtools.analysis import Analyzer, Fanova
analyzer = Analyzer(['x.a->b', 'n'], ['loss'], Fanova(seed=0))
analyzer.load_file(sys.argv[1])
print(json.dumps({name: float(share) for name, share in analyzer.run_analysis().items()}))`
  const shares = (await python('newest', code, await exported('csv'))) as Record<string, number>
  expect(Object.keys(shares)).toEqual(['x.a->b', 'n'])
  expect(shares['x.a->b']).toBeGreaterThan(0.9)
})

test('pandas reads the bare csv as it reads that of batchtools', async (context) => {
  if (!hasBatchtools('newest')) skipOrFail(context, 'batchtools are not installed: node scripts/setup.mjs --tests')
  const code = `import json, sys, pandas
table = pandas.read_csv(sys.argv[1], index_col=0)
print(json.dumps([list(table.columns), str(table.n.dtype), table.iloc[1].tolist(), list(table.index) == list(range(60))]))`
  expect(await python('newest', code, await exported('csv', true))).toEqual([
    ['trial_label', 'trial_path', 'x.a->b', 'n', 'saveFolder', 'simLabel', 'loss', 'said'],
    'float64',
    ['search_00001', 'tune/search_00001', 3.7, 2, 'tune/search_00001', 'search_00001', expect.closeTo(2.89), 'a "b", c'],
    true,
  ])
})

test('pyarrow reads the Parquet, with the types', async (context) => {
  if (!hasBatchtools('ray')) skipOrFail(context, 'batchtools with ray are not installed: node scripts/setup.mjs --tests')
  const code = `import json, sys, pyarrow.parquet
table = pyarrow.parquet.read_table(sys.argv[1])
types = {name: str(table.schema.field(name).type) for name in ['trial', 'label', 'config/x.a->b', 'config/n', 'loss', 'said']}
print(json.dumps([table.num_rows, types, [table[name][1].as_py() for name in types]]))`
  expect(await python('ray', code, await exported('parquet'))).toEqual([
    60,
    { trial: 'int64', label: 'string', 'config/x.a->b': 'double', 'config/n': 'int64', loss: 'double', said: 'string' },
    [1, 'search_00001', 3.7, 2, expect.closeTo(2.89), 'a "b", c'],
  ])
})
