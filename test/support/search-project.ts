// Folders with a search script, run by `dist search run` with the released packages.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type TestContext } from 'vitest'
import { batchtoolsPython, hasBatchtools } from '../../scripts/setup/batchtools.mjs'
import { type DistResult, dist } from './dist.ts'
import type { Head } from './head.ts'
import { skipOrFail } from './needs.ts'

/** netpyne takes seconds to import, on a machine that does other things beside more */
const within = 300_000

export type Generation = keyof typeof batchtoolsPython
/** Skips (CI: fails) a test without these packages. */
export const needsBatchtools = (context: TestContext, generation: Generation) => {
  if (!hasBatchtools(generation)) skipOrFail(context, `batchtools not installed (${batchtoolsPython[generation]})`)
}

export interface Project {
  readonly folder: string
  readonly run: (...flags: readonly string[]) => Promise<DistResult>
  readonly read: (name: string) => string
  readonly list: (folder?: string) => readonly string[]
  /** rows of the csv, by column */
  readonly rows: (label: string) => readonly Readonly<Record<string, string>>[]
}

/** A folder with these files, whose batch.py is run by the interpreter of a generation. */
export function project(
  head: Head,
  name: string,
  generation: Generation | '/usr/bin/python3',
  files: Readonly<Record<string, string>>,
): Project {
  const folder = join(head.root, name)
  const python = generation === '/usr/bin/python3' ? generation : batchtoolsPython[generation]
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text.replaceAll('PYTHON', python))
  }
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  return {
    folder,
    read,
    run: (...flags) =>
      dist(head, ['search', 'run', 'batch.py', '--namespace', 'test', '--python', python, ...flags], { cwd: folder, within }),
    list: (path = '.') => readdirSync(join(folder, path)).sort(),
    rows: (label) => {
      const [head, ...lines] = read(`${label}.csv`).trimEnd().split('\n')
      const names = head?.split(',') ?? []
      return lines.map((line) => Object.fromEntries(cells(line).map((cell, index) => [names[index] ?? '', cell])))
    },
  }
}

/** RFC 4180, as far as these files need it. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
}

/** Shows what was said when it did not. */
export const succeeded = (result: DistResult): DistResult => {
  expect([result.code, result.stderr]).toEqual([0, expect.any(String)])
  return result
}

/** A venv that has everything of the newest generation but that; its interpreter. */
export function withoutScikitLearn(folder: string): string {
  execFileSync(batchtoolsPython.newest, ['-m', 'venv', '--without-pip', folder])
  const [version = ''] = readdirSync(join(folder, 'lib'))
  const [site, whole] = [folder, join(batchtoolsPython.newest, '../..')].map((venv) => join(venv, 'lib', version, 'site-packages'))
  for (const name of readdirSync(whole ?? '')) {
    const place = join(site ?? '', name)
    if (!/^(sklearn|scikit_learn)/.test(name) && !existsSync(place)) symlinkSync(join(whole ?? '', name), place)
  }
  return join(folder, 'bin', 'python')
}

/** A script that needs batchtk alone. */
export const runnerScript = `import json
from batchtk.runtk.runners import get_class
runner = get_class()()
values = runner.get_mappings()
x0, x1 = values['x0'], values['x1']
runner.connect()
runner.send(json.dumps({'x0': x0, 'x1': x1, 'fx': 100 * (x1 - x0 ** 2) ** 2 + (1 - x0) ** 2}))
runner.close()
print('ran with', x0, x1)
`

/** `call`: arguments of search(); its command runs run.py. */
export const batchScript = (call: string) => `from netpyne.batchtools.search import search
study = search(job_type='sh', run_config={'command': 'PYTHON run.py'}, ${call})
print('best', study.results.get_best_result().metrics['fx'], 'of', len(study.results))
`

/** As the documents have it: a grid of netpyne's own config, reported by its own send. */
export const simulationScript = (call: string, before = '') => `from netpyne import specs, sim
cfg = specs.SimConfig()
${before}
cfg.update()
${call}
`
