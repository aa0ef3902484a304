// The guides and the README, done as they stand: what a reader types works and prints what is shown.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type GuideOptions, runGuide } from '../support/guides/run-guide.ts'
import { root } from '../support/programs.ts'

/** Runs a guide and says which of its blocks were left out, and why. */
async function follow(guide: string, options: GuideOptions = {}): Promise<void> {
  const { ran, notRun } = await runGuide(guide, options)
  const left = notRun.map(({ line, reason }) => `\n  line ${line} not run: ${reason}`)
  console.info(`${guide}: ${ran} blocks run, ${notRun.length} not${left.join('')}`)
}

test('README.md', () => follow('README.md'))

test('docs/guides/first-jobset.md', () => follow('docs/guides/first-jobset.md'))
test('docs/guides/coming-from-distribute.md', () => follow('docs/guides/coming-from-distribute.md'))
test('docs/guides/troubleshooting.md', () => follow('docs/guides/troubleshooting.md'))

test('every guide is run by a test of this folder', () => {
  const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'))
  const text = tests.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n')
  const guides = readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`)
  expect(guides.filter((guide) => !text.includes(`('${guide}'`))).toEqual([])
  expect(guides.length).toBeGreaterThan(0)
})
