// The guides and the README, done as they stand: what a reader types works and prints what is shown.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { errorCodes } from '../../shared/base/error-codes.ts'
import { Scheduler, schedulerPrograms } from '../support/clusters/scheduler.ts'
import { type GuideOptions, runGuide } from '../support/guides/run-guide.ts'
import { startHead } from '../support/head.ts'
import { needs, skipOrFail } from '../support/needs.ts'
import { expectNoProcesses } from '../support/processes.ts'
import { root } from '../support/programs.ts'

/** Dozens of commands, on a machine that may do other things beside. */
const patience = { timeout: 120_000 }

/** Runs a guide and says which of its blocks were left out, and why. */
async function follow(guide: string, options: GuideOptions = {}): Promise<void> {
  const { ran, notRun } = await runGuide(guide, options)
  const left = notRun.map(({ line, reason }) => `\n  line ${line} not run: ${reason}`)
  console.info(`${guide}: ${ran} blocks run, ${notRun.length} not${left.join('')}`)
}

test('README.md', patience, () => follow('README.md'))

test('docs/guides/first-jobset.md', patience, () => follow('docs/guides/first-jobset.md'))
test('docs/guides/coming-from-distribute.md', patience, () => follow('docs/guides/coming-from-distribute.md'))
test('docs/guides/troubleshooting.md', patience, () => follow('docs/guides/troubleshooting.md'))

test('docs/guides/moving-to-slurm.md', patience, async (context) => {
  if (process.getuid?.() !== 0) return skipOrFail(context, 'a scheduler is started as root')
  needs(context, ...schedulerPrograms.slurm)
  const folder = mkdtempSync(join(tmpdir(), 'dist-guide-slurm-'))
  // munged looks into it; what the reader uploads as `runs` is the folder that the bundle was made in
  chmodSync(folder, 0o755)
  for (const name of ['reader', 'login']) mkdirSync(join(folder, name))
  symlinkSync(join(folder, 'reader'), join(folder, 'login', 'runs'))
  const starting = Scheduler.start('slurm', join(folder, 'cluster'))
  const head = await startHead()
  try {
    const cluster = await starting
    const roles = { cluster: { cwd: join(folder, 'login'), env: cluster.env, before: cluster.login() } }
    await follow('docs/guides/moving-to-slurm.md', {
      cwd: join(folder, 'reader'),
      env: { DIST_HEAD: head.url, DIST_TOKEN: head.token },
      roles,
    })
  } finally {
    await starting.then((cluster) => cluster.stop()).catch(() => undefined)
    await head.stop()
    await expectNoProcesses(folder, 10_000)
    rmSync(folder, { recursive: true, force: true })
  }
})

test('troubleshooting has a section for every error code', () => {
  const text = readFileSync(join(root, 'docs/guides/troubleshooting.md'), 'utf8')
  const headings = text.split('\n').filter((line) => line.startsWith('## `'))
  const told = headings.flatMap((line) => [...line.matchAll(/`(\w+)`/g)].map(([, code]) => code))
  expect(told.sort()).toEqual(Object.keys(errorCodes).sort())
})

test('links of README and guides lead to files that are there', () => {
  const pages = ['README.md', ...readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`)]
  const links = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^):#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => ({ page, link })),
  )
  expect(links.filter(({ page, link }) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  expect(links.length).toBeGreaterThan(20)
})

test('every guide is run by a test of this folder', () => {
  const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'))
  const text = tests.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n')
  const guides = readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`)
  expect(guides.filter((guide) => !text.includes(`('${guide}'`))).toEqual([])
  expect(guides.length).toBeGreaterThan(0)
})
