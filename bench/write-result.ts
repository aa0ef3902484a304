// Keeps a bench's figures in bench/results/<bench>-<commit>.json, with the machine they were seen on.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

export function writeResult(result: { readonly bench: string }): void {
  const folder = fileURLToPath(new URL('./results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? '', memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version }
  writeFileSync(`${folder}${result.bench}-${commit}.json`, `${JSON.stringify({ ...result, commit, machine }, null, 2)}\n`)
}
