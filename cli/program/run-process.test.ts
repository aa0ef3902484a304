import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { FakeHead } from '../test-support/fake-head.ts'
import { jobReply } from '../test-support/fake-state.ts'
import { TestFolder } from '../test-support/run-dist.ts'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const program = [process.execPath, '--import', tsx, fileURLToPath(new URL('../main.ts', import.meta.url))]

/** What `dist ARGV | READER` prints; `reader` is a shell command. */
async function piped(argv: readonly string[], reader: string, env: Readonly<Record<string, string>>, cwd: string): Promise<string> {
  const words = [...program, ...argv].map((word) => `'${word}'`).join(' ')
  const shell = spawn('sh', ['-c', `${words} | ${reader}`], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  shell.stdout.on('data', (chunk) => {
    text += String(chunk)
  })
  await new Promise((resolve) => shell.once('close', resolve))
  return text
}

test('all of a long answer reaches a slow reader, and a reader that has enough ends it quietly', async () => {
  const folder = new TestFolder()
  const head = await FakeHead.start()
  try {
    head.state.addJobset('anna', 'sweep')
    head.state.jobs.set(
      1,
      Array.from({ length: 1500 }, (_, index) => jobReply({ id: index, index, name: `job_${index}` })),
    )
    const env = { DIST_HEAD: head.url, DIST_TOKEN: head.token }
    const all = await piped(['jobs', 'sweep', '--json'], '(sleep 0.3; cat)', env, folder.path)
    // more than a pipe holds
    expect(all.length).toBeGreaterThan(200_000)
    expect((JSON.parse(all) as { jobs: unknown[] }).jobs).toHaveLength(1500)
    expect(await piped(['jobs', 'sweep'], 'head -n 2', env, folder.path)).toMatch(/^JOB .*\njob_0 +ready\n$/)
  } finally {
    await head.close()
    folder.remove()
  }
})
