// docs/cli.md tells of every command what it takes and what --json prints. Made anew with:
//   npx vitest run --project unit cli/document --update
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { buildProgram } from '../program/program.ts'
import { runDist } from '../test-support/run-dist.ts'
import { leaves, marker, page } from './page.ts'
import { shapes } from './shapes.ts'

const file = fileURLToPath(new URL('../../docs/cli.md', import.meta.url))
const output = { columns: null, write: () => undefined, flush: () => Promise.resolve() }
const io = { stdout: output, stderr: output, env: {}, cwd: '/', signal: new AbortController().signal }
const program = buildProgram(io, async () => undefined)
const commands = leaves(program).map(({ words }) => words)

test('docs/cli.md is what the commands say', async () => {
  const byHand = readFileSync(file, 'utf8').split(marker)[0]
  await expect(`${byHand}${page(program)}`).toMatchFileSnapshot(file)
})

test('every command has a shape, and every shape a command', () => {
  // its options and its output are those of dist-server
  expect(Object.keys(shapes).sort()).toEqual(commands.filter((words) => words !== 'serve').sort())
})

test.each(commands.filter((words) => words !== 'serve'))('dist %s --help says what it does and shows an example', async (words) => {
  const { code, stdout } = await runDist([...words.split(' '), '--help'], { cwd: '/', columns: 80 })
  expect(code).toBe(0)
  expect(stdout).toMatch(/\nExamples?:\n {2}\S*.*dist /)
  expect(stdout).toContain(`dist ${words}`)
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
})
