// Version 2's memory files, against a FAKE: a plain folder with the kernel's file names. Our machines have version 2 without
// its memory controller, so what the kernel itself does is not tested here.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pythonSays, temporaryFolder } from '../../test/support/keeper-harness.ts'

const leafFiles = {
  'cgroup.procs': '',
  'cgroup.kill': '',
  'memory.max': 'max\n',
  'memory.swap.max': 'max\n',
  'memory.oom.group': '0\n',
  'memory.current': '1000\n',
  'memory.events': 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 2\noom_group_kill 0\n',
}

interface Fake {
  readonly proc: string
  readonly own: string
  readonly leaf: string
}

/** A hierarchy with our cgroup in it and, where `leafIn` says, a leaf that a dead keeper left (a plain mkdir makes no files). */
function fake(own: Readonly<Record<string, string>>, leafIn: 'below' | 'beside' = 'below'): Fake {
  const root = temporaryFolder()
  const proc = join(root, 'proc')
  const mount = join(root, 'cgroup')
  const folder = join(mount, 'user.slice', 'agent.scope')
  mkdirSync(proc)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(proc, 'cgroup'), '0::/user.slice/agent.scope\n')
  writeFileSync(join(proc, 'mountinfo'), `25 20 0:22 / ${mount} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n`)
  for (const [name, content] of Object.entries(own)) writeFileSync(join(folder, name), content)
  const leaf = join(
    leafIn === 'below' ? folder : join(mount, 'user.slice'),
    pythonSays('import keeper_limits as l; print(l.leaf_name("/w", 3))').trim(),
  )
  mkdirSync(leaf)
  for (const [name, content] of Object.entries(leafFiles)) writeFileSync(join(leaf, name), content)
  return { proc, own: folder, leaf }
}

const open = 'import keeper_limits as l, json, os\nlimits = l.open_limits("/w", 3, sys.argv[1])\n'

test('the limit, no swap and an end for all are set, and the job enters by cgroup.procs', () => {
  const { proc, leaf } = fake({ 'cgroup.controllers': 'cpu memory\n', 'cgroup.subtree_control': 'memory\n' })
  pythonSays(`${open}for door in limits.begin(64 << 20): os.write(door, b'0')`, [proc])
  const read = (name: string) => readFileSync(join(leaf, name), 'utf8')
  expect(read('memory.max')).toBe('67108864')
  expect(read('memory.swap.max')).toMatch(/^0/)
  expect(read('memory.oom.group')).toMatch(/^1/)
  expect(read('cgroup.procs')).toBe('0')
})

test('a kill counted since the start is out of memory, one from before is not; the peak leaves out what was there before', () => {
  const { proc } = fake({ 'cgroup.controllers': 'memory\n', 'cgroup.subtree_control': 'memory\n' })
  const program = `${open}
leaf = limits.memory.leaf
def put(name, text): open(leaf + '/' + name, 'w').write(text)
limits.begin(64 << 20)
put('memory.peak', '9000')
first = limits.end()
limits.begin(64 << 20)
put('memory.events', 'oom_kill 3\\n')
put('memory.peak', '9000')
print(json.dumps([limits.source, first, limits.end()]))`
  expect(JSON.parse(pythonSays(program, [proc]))).toEqual(['cgroup-v2', [false, 8000], [true, 8000]])
})

test('everything in the leaf is killed by one write to cgroup.kill', () => {
  const { proc, leaf } = fake({ 'cgroup.controllers': 'memory\n', 'cgroup.subtree_control': 'memory\n' })
  pythonSays(`${open}limits.kill()`, [proc])
  expect(readFileSync(join(leaf, 'cgroup.kill'), 'utf8')).toBe('1')
})

test('memory is handed down where the parent did not, which is asked for by writing +memory', () => {
  const { proc, own } = fake({ 'cgroup.controllers': 'memory\n', 'cgroup.subtree_control': '' })
  expect(pythonSays(`${open}print(limits.source)`, [proc])).toBe('cgroup-v2\n')
  expect(readFileSync(join(own, 'cgroup.subtree_control'), 'utf8')).toBe('+memory')
})

test('beside the agent is taken where below it is not given, unless the agent has a limit of its own', () => {
  const beside = (limit: string) => {
    const made = fake({ 'cgroup.controllers': '', 'memory.max': limit }, 'beside')
    const parent = join(made.own, '..')
    for (const [name, content] of Object.entries({
      'cgroup.procs': '',
      'cgroup.controllers': 'memory',
      'cgroup.subtree_control': 'memory',
    }))
      writeFileSync(join(parent, name), content)
    return pythonSays(`${open}print(limits and limits.memory.leaf)`, [made.proc]).trim() === made.leaf
  }
  expect(beside('max\n')).toBe(true)
  expect(beside('1000000\n')).toBe(false)
})

test('without a memory controller there are no limits, and no leaf is left', () => {
  const { proc, own } = fake({ 'cgroup.controllers': 'hugetlb\n' }, 'beside')
  const program = `import keeper_limits as l\nprint(l.open_limits("/other", 0, sys.argv[1]), l.leaf_name("/other", 0))`
  const [limits, name] = pythonSays(program, [proc]).trim().split(' ')
  expect(limits).toBe('None')
  expect(existsSync(join(own, name ?? ''))).toBe(false)
})
