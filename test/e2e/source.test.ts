// Code from elsewhere, from the jobset file to the result.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAgent } from '../support/agent.ts'
import { distOk } from '../support/dist.ts'
import { type Head, startHead } from '../support/head.ts'
import { needs } from '../support/needs.ts'

let head: Head
beforeEach(async () => {
  head = await startHead()
})
afterEach(() => head.stop())

/** Adds the file, waits, pulls; answers how to read a result. */
async function run(batch: string, text: string): Promise<(job: string, file: string) => string> {
  const file = join(head.root, `${batch}.yaml`)
  writeFileSync(file, `meta: {batch_name: ${batch}, namespace: test}\n${text}`)
  await distOk(head, ['add', file])
  await distOk(head, ['wait', `test/${batch}`])
  await distOk(head, ['pull', `test/${batch}`, '--save-dir', 'pulled'])
  return (job, name) => readFileSync(join(head.root, 'pulled', batch, job, name), 'utf8')
}

test('a repository is fetched into the workspace before the build', async (context) => {
  needs(context, 'git')
  const repository = join(head.root, 'repository')
  mkdirSync(repository)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', repository, ...args], { stdio: 'ignore' })
  git('init', '-b', 'main')
  writeFileSync(join(repository, 'word.txt'), 'from the repository\n')
  git('add', '.')
  git('commit', '-m', 'first')
  git('tag', 'v1')
  writeFileSync(join(repository, 'word.txt'), 'later\n')
  git('commit', '-am', 'second')
  await startAgent(head, { name: 'node-a', cores: 1 })
  const read = await run(
    'source',
    `shell:
  initialize:
    source: {git: "file://${repository}", ref: v1}
    build: tr a-z A-Z < word.txt > built.txt
  jobs:
    - {name: one, run: cat built.txt}
`,
  )
  expect(read('one', 'stdout.txt')).toBe('FROM THE REPOSITORY\n')
}, 60_000)
