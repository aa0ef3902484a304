// Proves that the linter's rules about structure fire: a broken example of each is linted with the project's own
// configuration. A rule that an update of Biome or a slip in biome.json silenced would otherwise look like good code.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './support/programs.ts'

const imports = 'lint/style/noRestrictedImports'

/** path, what it imports, true = allowed */
const cases: readonly (readonly [path: string, from: string, allowed: boolean])[] = [
  ['server/core/pure.ts', 'node:fs', false],
  ['server/core/pure.ts', '../store/x.ts', false],
  ['server/core/pure.ts', '../../shared/base/clock.ts', false],
  ['server/core/pure.ts', '../../shared/model/job.ts', true],
  ['server/core/pure.ts', '../../shared/base/assert.ts', true],
  ['server/core/pure.ts', './other.ts', true],
  ['node-agent/core/pure.ts', 'pino', false],
  ['node-agent/core/pure.ts', '../head/x.ts', false],
  ['shared/model/noun.ts', 'node:path', false],
  ['shared/model/noun.ts', '../files/x.ts', false],
  ['shared/model/noun.ts', '../base/assert.ts', true],
  ['shared/search/x.ts', '../trial/x.ts', false],
  ['shared/search/x.ts', 'node:crypto', false],
  ['shared/search/x.ts', '../model/search.ts', true],
  ['shared/trial/x.ts', '../text/bytes.ts', false],
  ['shared/trial/x.ts', '../base/errors.ts', true],
  ['server/core/pure.ts', '../../shared/search/search-step.ts', true],
  ['node-agent/core/pure.ts', '../../shared/trial/frames.ts', true],
  ['shared/base/low.ts', '../model/x.ts', false],
  ['shared/base/low.ts', 'node:timers/promises', true],
  ['shared/files/x.ts', '../../server/app.ts', false],
  ['shared/net/x.ts', '../../cli/main.ts', false],
  ['shared/net/x.ts', '../files/digest.ts', true],
  ['server/app.ts', '../node-agent/app.ts', false],
  ['server/app.ts', './http/x.ts', true],
  ['server/store/reads/x.ts', '../../http/x.ts', false],
  ['server/http/x.ts', '../ports/store.ts', true],
  ['server/app.test.ts', '../node-agent/app.ts', false],
  ['node-agent/app.ts', '../server/app.ts', false],
  ['node-agent/app.ts', '../shared/api/shapes.ts', false],
  ['node-agent/app.ts', '../shared/files/digest.ts', true],
  ['cli/main.ts', '../server/main.ts', false],
  ['cli/commands/add.ts', '../../shared/api/client.ts', true],
  ...packages('yaml', 'shared/config/x.ts', 'shared/net/x.ts'),
  ...packages('zod', 'shared/api/x.ts', 'node-agent/app.ts'),
  ...packages('re2js', 'shared/text/x.ts', 'cli/main.ts'),
  ...packages('tar-stream', 'shared/files/x.ts', 'server/blobs/x.ts'),
  ...packages('@grpc/grpc-js', 'shared/wire/x.ts', 'server/http/x.ts'),
  ...packages('@grpc/proto-loader', 'shared/wire/x.ts', 'server/agents/x.ts'),
  ...packages('fastify', 'server/http/x.ts', 'server/app.ts'),
  ...packages('better-sqlite3', 'server/store/reads/x.ts', 'node-agent/journal/x.ts'),
  ...packages('pino', 'server/app.ts', 'cli/main.ts'),
  ...packages('chokidar', 'node-agent/config/x.ts', 'node-agent/app.ts'),
  ...packages('commander', 'cli/program/x.ts', 'server/app.ts'),
  ...packages('picocolors', 'cli/render/x.ts', 'shared/text/x.ts'),
  ...packages('hyparquet-writer', 'cli/results/x.ts', 'cli/commands/x.ts'),
  ['scripts/demo.mjs', 'yaml', false],
  ['scripts/demo.mjs', './setup.mjs', true],
]

let folder = ''
let found: readonly Finding[] = []

interface Finding {
  readonly rule: string
  readonly path: string
  readonly line: number
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dist-rules-'))
  copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [index, [path, from]] of cases.entries()) put(exampleOf(index, path), `import { x } from '${from}'\nexport const y = x\n`)
  put('server/long.ts', `export const lines = [\n${'  1,\n'.repeat(300)}]\n`)
  put('server/cycle-a.ts', "import { b } from './cycle-b.ts'\nexport const a = () => b\n")
  put('server/cycle-b.ts', "import { a } from './cycle-a.ts'\nexport const b = () => a\n")
  put('server/floating.ts', 'async function send() {\n  return 1\n}\nexport function go() {\n  send()\n}\n')
  put('server/any.ts', 'export const x: any = 1\n')
  found = await lint(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(cases.map((entry, index) => [...entry, index] as const))('%s importing %s: allowed is %s', (path, _from, allowed, index) => {
  const hit = found.some((finding) => finding.rule === imports && finding.path === exampleOf(index, path))
  expect(hit).toBe(!allowed)
})

test.each([
  ['a file of more than 300 lines', 'server/long.ts', 'lint/style/noExcessiveLinesPerFile'],
  ['an import cycle', 'server/cycle-a.ts', 'lint/suspicious/noImportCycles'],
  ['a promise that nobody awaits', 'server/floating.ts', 'lint/nursery/noFloatingPromises'],
  ['any', 'server/any.ts', 'lint/suspicious/noExplicitAny'],
])('%s is an error', (_what, path, rule) => {
  expect(found.filter((finding) => finding.path === path).map((finding) => finding.rule)).toContain(rule)
})

/** One case where the package belongs, one where it does not. */
function packages(name: string, at: string, notAt: string): (readonly [string, string, boolean])[] {
  return [
    [at, name, true],
    [notAt, name, false],
  ]
}

/** Every case has a file of its own, beside where its path points. */
function exampleOf(index: number, path: string): string {
  const stem = `case-${index}`
  if (path.endsWith('.test.ts')) return join(dirname(path), `${stem}.test.ts`)
  return join(dirname(path), `${stem}${path.slice(path.lastIndexOf('.'))}`)
}

function put(path: string, text: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

async function lint(at: string): Promise<readonly Finding[]> {
  const args = ['lint', '--reporter=github', '--max-diagnostics=none', '.']
  const biome = join(root, 'node_modules', '.bin', 'biome')
  const output = await promisify(execFile)(biome, args, { cwd: at, maxBuffer: 1 << 26 }).then(
    ({ stdout }) => stdout,
    // exit status 1 is what we are here for
    (error: { readonly stdout: string }) => error.stdout,
  )
  return [...output.matchAll(/title=([^,]+),file=([^,]+),line=(\d+)/g)].map(([, rule = '', file = '', line]) => {
    return { rule, path: file.replace(`${at}/`, ''), line: Number(line) }
  })
}
