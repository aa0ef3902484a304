#!/usr/bin/env node
// `npm run faults -- --CAMPAIGN [options]`: long runs of the fault tests, beyond the few that `npm test` has. A failure
// comes with the command that repeats it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { kinds } from './faults/kinds.mjs'
import { setUp } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const text = { type: 'string' }

const usage = `npm run faults -- --CAMPAIGN [options]

${kinds.map(({ name, takes, what }) => `  --${name}${takes === undefined ? '' : ` ${takes}`}\n      ${what}`).join('\n')}
`

function main() {
  const flags = Object.fromEntries(kinds.map(({ name, takes }) => [name, takes === undefined ? { type: 'boolean' } : text]))
  const options = { ...flags, seed: text, seeds: text, steps: text, only: text, minutes: text, help: { type: 'boolean' } }
  const { values } = parseArgs({ options })
  const wanted = kinds.filter(({ name }) => values[name] !== undefined)
  if (values.help === true || wanted.length === 0) {
    process.stdout.write(usage)
    return values.help === true ? 0 : 2
  }
  setUp({ tests: true })
  let failed = 0
  for (const { name, project, file, env } of wanted) {
    const told = env(values)
    process.stdout.write(
      `faults: ${name}: ${Object.entries(told)
        .map((pair) => pair.join('='))
        .join(' ')}\n`,
    )
    const vitest = join(root, 'node_modules', '.bin', 'vitest')
    const { status } = spawnSync(vitest, ['run', '--project', project, file], {
      cwd: root,
      env: { ...process.env, ...told },
      stdio: 'inherit',
    })
    if (status !== 0) failed++
  }
  return failed === 0 ? 0 : 1
}

try {
  process.exitCode = main()
} catch (error) {
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
