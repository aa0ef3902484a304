// `dist search run` with the released packages: scripts in the style of the documents, each in a folder of its own, against a real head
// and a real node.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchtoolsPython } from '../../scripts/setup/batchtools.mjs'
import { suggestPython } from '../../scripts/setup/suggest.mjs'
import type { SearchReply } from '../../shared/api/types.ts'
import { startAgent } from '../support/agent.ts'
import { dist } from '../support/dist.ts'
import { type Head, plainPath, startHead } from '../support/head.ts'
import { findJobset } from '../support/jobset-state.ts'
import { programArgv } from '../support/programs.ts'
import { batchScript, needsBatchtools, project, runnerScript, succeeded } from '../support/search-project.ts'
import { until } from '../support/until.ts'

let head: Head
beforeAll(async () => {
  head = await startHead({ flags: ['--python', suggestPython] })
  await startAgent(head, { name: 'node-a', cores: 4, flags: ['--slots', '4'] })
})
afterAll(() => head?.stop())

const searchOf = async (label: string): Promise<SearchReply> =>
  head.api<SearchReply>('GET', `/jobsets/${(await findJobset(head, label)).id}/search`)

describe('a script that needs batchtk alone', () => {
  test.each(['socket', 'unix', 'sfs'])('over %s: numbers, order, csv and files', async (comm) => {
    const label = `grid_${comm}`
    const { run, rows, read, list, folder } = project(head, label, 'newest', {
      'run.py': runnerScript,
      'batch.py': batchScript(
        `comm_type='${comm}', label='${label}', params={'x0': [0, 3], 'x1': [0, 3]}, output_path='./out', metric='fx', max_concurrent=4`,
      ),
    })
    const { stdout, stderr } = succeeded(await run())
    expect(stdout).toContain('best 1.0 of 4')
    expect(stderr).toContain(`test/${label}: 4 of 4 trials reported, best fx 1 in ${label}_00000`)
    expect(rows(label).map(({ x0, x1, fx }) => [x0, x1, fx])).toEqual([
      ['0.0', '0.0', '1.0'],
      ['0.0', '3.0', '901.0'],
      ['3.0', '0.0', '8104.0'],
      ['3.0', '3.0', '3604.0'],
    ])
    expect(rows(label)[1]).toEqual({
      ...{ '': '1', trial_label: `${label}_00001`, trial_path: join(folder, 'out'), x0: '0.0', x1: '3.0' },
      ...{ saveFolder: './out', simLabel: `${label}_00001`, fx: '901.0' },
    })
    expect(list('out')).toEqual(['.dist', ...[0, 1, 2, 3].map((number) => `${label}_0000${number}.run`)])
    expect(read(`out/${label}_00002.run`)).toContain('ran with 3 0')
  })

  test('is searched by an interpreter without any package, and may bring its own submit class', async (context) => {
    needsBatchtools(context, 'newest')
    const { run, rows, read } = project(head, 'own', '/usr/bin/python3', {
      'run.py': runnerScript,
      'batch.py': `from netpyne.batchtools.search import search
from netpyne.batchtools import dispatchers, submits
class Mine(submits.SHSubmitSFS):
    script_args = {'label', 'project_path', 'output_path', 'env', 'command'}
    script_template = '''#!/bin/bash
cd {project_path}
export MSGFILE="{output_path}/{label}.out"
export SGLFILE="{output_path}/{label}.sgl"
{env}
[[ -f run.py ]] && echo "in the copy of the folder"
nohup {command} > {output_path}/{label}.run 2>&1 &
'''
study = search(dispatcher_constructor=dispatchers.LocalDispatcher, submit_constructor=Mine, label='own', metric='fx', mode='max',
               params={'x0': [0, 3], 'x1': (0, 1, 2)}, run_config={'command': '${batchtoolsPython.newest} run.py'}, max_concurrent=4)
print(study.results.get_best_result().config['x0'], study.results.num_errors)
`,
    })
    const { stdout } = succeeded(await run())
    expect(stdout.split('\n')).toContain('3 0')
    expect(rows('own').map(({ fx }) => fx)).toEqual(['1.0', '101.0', '401.0', '8104.0', '6404.0', '4904.0'])
    // its own redirection, not what the shell printed
    expect(read('batch/own_00000.run')).toBe('ran with 0 0\n')
  })

  test('whose trials fail: they are errors, and the same script runs those again', async (context) => {
    needsBatchtools(context, 'newest')
    const failing = `import os, sys\nif 'INTRUNTK0' in os.environ and os.environ['INTRUNTK0'].endswith('=2') and not os.path.exists('MARKER'): sys.exit(3)\n${runnerScript}`
    const marker = join(head.root, 'mended')
    const { run, rows } = project(head, 'failing', 'newest', {
      'run.py': failing.replace('MARKER', marker),
      'batch.py': batchScript(
        "comm_type='socket', label='failing', params={'x0': range(4), 'x1': 1}, metric='fx', max_concurrent=4",
      ).replace('study.results))', 'study.results), study.results.errors)'),
    })
    const first = await run()
    expect([first.code, first.stdout]).toEqual([1, expect.stringContaining('failed: exit code 3')])
    expect(first.stderr).toContain('3 of 4 trials reported (1 failed)')
    expect(rows('failing').map(({ fx }) => fx)).toEqual(['101.0', '0.0', '', '6404.0'])
    writeFileSync(marker, '')
    const again = succeeded(await run())
    expect(again.stderr).toContain('1 of 4 trials without a result: 1 are run again')
    expect(rows('failing').map(({ fx }) => fx)).toEqual(['101.0', '0.0', '901.0', '6404.0'])
    expect(succeeded(await run()).stderr).toContain('test/failing is complete already')
  })
})

test('a script with two searches finds both again when it is run again', async (context) => {
  needsBatchtools(context, 'newest')
  const one = (label: string) =>
    batchScript(`comm_type='socket', label='${label}', params={'x0': [0, 3], 'x1': 1}, metric='fx', output_path='runs/${label}'`)
  const { run } = project(head, 'twice', 'newest', { 'run.py': runnerScript, 'batch.py': `${one('coarse')}${one('fine')}` })
  succeeded(await run())
  const { stderr } = succeeded(await run())
  for (const label of ['coarse', 'fine']) expect(stderr).toContain(`test/${label} is complete already`)
  expect(stderr).toContain('not shipped, as results of searches: coarse.csv, runs/coarse/')
})

// eight trials, several times, on a machine that may be ten times slower
describe('leaving and coming back', { timeout: 300_000 }, () => {
  const slow = `import time\ntime.sleep(0.3)\n${runnerScript}`
  const files = (label: string) => ({
    'run.py': slow,
    'batch.py': batchScript(`comm_type='socket', label='${label}', params={'x0': range(8), 'x1': 1}, metric='fx', max_concurrent=2`),
  })
  test('--detach leaves the search running, the same script fetches it', async (context) => {
    needsBatchtools(context, 'newest')
    const { run, rows, folder } = project(head, 'left', 'newest', files('left'))
    const { stdout, stderr } = succeeded(await run('--detach'))
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('test/left goes on without this script')])
    expect(existsSync(join(folder, 'left.csv'))).toBe(false)
    const back = succeeded(await run())
    expect(back.stderr).toMatch(/test\/left is (on the head already|complete already)/)
    expect(back.stdout).toContain('best 0.0 of 8')
    expect(rows('left')).toHaveLength(8)
    expect((await searchOf('left')).total).toBe(8)
    // outputs and the csv are no other search; other inputs are
    succeeded(await run())
    appendFileSync(join(folder, 'batch.py'), "print('a remark')\n")
    expect(succeeded(await run())).toMatchObject({
      stdout: expect.stringContaining('a remark'),
      stderr: expect.stringContaining('test/left is complete already'),
    })
    const { stdout: json } = succeeded(await run('--json'))
    expect(JSON.parse(json)).toMatchObject({ searches: [{ jobset: { batch: 'left' }, search: { counts: { reported: 8 } } }] })
    writeFileSync(join(folder, 'run.py'), `${slow}#\n`)
    const other = await run()
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('test/left is on the head already, and is another search')])
    succeeded(await run('--new-version'))
    expect((await searchOf('left@2')).counts.reported).toBe(8)
  })

  test('Ctrl-C leaves it running and says how to come back', async (context) => {
    needsBatchtools(context, 'newest')
    const { run, folder } = project(head, 'broken', 'newest', files('broken'))
    const [command, ...leading] = programArgv('cli')
    const args = [...leading, 'search', 'run', 'batch.py', '--namespace', 'test', '--python', batchtoolsPython.newest]
    const env = { PATH: plainPath, HOME: join(head.root, 'home'), DIST_HEAD: head.url, DIST_TOKEN: head.token }
    // a group of its own, as a terminal has it: the signal reaches the script too
    const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let told = ''
    const tell = (data: Buffer) => {
      told += data.toString()
    }
    child.stdout.on('data', tell)
    child.stderr.on('data', tell)
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    await until('two trials at work', async () => (await searchOf('broken').catch(() => null))?.open === 2, {
      within: 60_000,
    })
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect([await ended, told]).toEqual([
      130,
      expect.stringContaining('test/broken goes on; back to it with: dist search run batch.py --python '),
    ])
    expect(told).not.toContain('Traceback')
    expect(succeeded(await run()).stdout).toContain('best 0.0 of 8')
  })
})

describe('dist search import', () => {
  test('writes the same search as a file, which the old form reaches too', async () => {
    // no published batchtk reads `=`: a reader after its description does
    const reader = `import json, os
values = {}
for name, value in os.environ.items():
    if 'RUNTK' in name:
        parts = value.split('=')
        values[parts[0].strip()] = {'INT': int, 'FLOAT': float, 'STR': str}[name.split('RUNTK')[0]](parts[1].strip())
json.dump(dict(values, fx=values['x0'] * values['float_val']), open(os.environ['DIST_SAVE_DIR'] + '/results.json', 'w'))
`
    const { folder } = project(head, 'imported', '/usr/bin/python3', {
      'run.py': reader,
      'batch.py': batchScript("comm_type=None, label='imported', params={'x0': [1, 2], 'float_val': 7.7}, metric='fx'"),
    })
    const flags = ['search', 'import', 'batch.py', '--namespace', 'test', '--output', 'jobs.yaml']
    expect((await dist(head, flags, { cwd: folder })).code).toBe(0)
    const yaml = join(folder, 'jobs.yaml')
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('  metric: fx', "  batchtk: {delimiter: '='}\n  metric: fx"))
    expect(await dist(head, ['add', 'jobs.yaml', '--wait'], { cwd: folder })).toMatchObject({ code: 0 })
    const { id } = await findJobset(head, 'imported')
    const { trials } = await head.api<{ trials: { values: number[] }[] }>('GET', `/jobsets/${id}/search/trials`)
    expect(trials.map(({ values }) => values)).toEqual([[7.7], [15.4]])
  })
})
