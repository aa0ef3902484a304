import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type GuideOptions, runGuide } from './run-guide.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-guides-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n`
function run(blocks: readonly string[], options?: GuideOptions): ReturnType<typeof runGuide> {
  writeFileSync(join(folder, 'guide.md'), blocks.join(''))
  return runGuide(join(folder, 'guide.md'), options)
}

test('folder and exported variables stay from block to block, files are there, others have their own machine', async () => {
  const blocks = [
    fence('text file=sub/a.txt', 'hello'),
    fence('sh', 'cd sub\nexport WORD=kept'),
    fence('sh', 'cat a.txt; echo $WORD; echo CODE-7'),
    fence('text', 'hello\nkept'),
    fence('sh role=node', 'echo $PLACE $WORD XXXX'),
    fence('text', 'desk CODE-7'),
    fence('sh no-test="wants a second machine"', 'false'),
  ]
  const replace = (commands: string, said: string): string => commands.replace('XXXX', /CODE-\d/.exec(said)?.[0] ?? '')
  const report = await run(blocks, { roles: { node: { env: { PLACE: 'desk' } } }, replace })
  expect([report.ran, report.notRun]).toEqual([3, [{ line: 21, reason: 'wants a second machine' }]])
})

test('what goes on beside is waited for and ended by Ctrl-C', async () => {
  const beside = "trap 'echo over; exit 0' INT\necho ready\nwhile :; do sleep 0.02; done"
  const blocks = [fence('sh background', beside), fence('text', 'ready'), fence('sh', 'echo beside'), fence('sh interrupt', 'Ctrl-C')]
  expect((await run(blocks)).ran).toBe(3)
})

test.each([
  ['a command that fails', [fence('sh', 'false\ntrue')], 'guide.md:1: exit status 1, not 0'],
  ['one that fails before the one that should', [fence('sh status=1', 'false\necho unseen')], 'guide.md:1: a command before the last'],
  ['one that should fail and does not', [fence('sh status=2', 'true')], 'guide.md:1: exit status 0, not 2'],
  ['a line that is not printed', [fence('sh', 'echo a'), fence('text', 'b')], 'guide.md:1: this line was not printed: b'],
  ['a machine that nobody plays', [fence('sh role=head', 'true')], "guide.md:1: no machine plays 'head'"],
  [
    'what ends instead of going on',
    [fence('sh background', 'echo no'), fence('text', 'ready')],
    'guide.md:1: this line was not printed: ready',
  ],
  ['nothing to run', [fence('sh no-test="wants a second machine"', 'true')], 'none of its commands can be run'],
  ['a process that is left', [fence('sh', '(sleep 60 &) >/dev/null 2>&1')], 'processes were left behind'],
])('a guide is refused for %s', async (what, blocks, message) => {
  await expect(run(blocks, what === 'a process that is left' ? { patience: 50 } : {})).rejects.toThrow(message)
})
