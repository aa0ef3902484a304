#!/usr/bin/env node
// Compiles the three programs into build/ when a source is newer than the last build (`npm run build`, setup.mjs,
// test/support/build-first.ts). A build is made beside the old one and swapped in whole, so that running programs
// and a second caller never see half of it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sourceFolders = ['shared', 'server', 'node-agent', 'cli']
const mains = ['cli/main.js', 'server/main.js', 'node-agent/main.js']

/** True when build/ was made from exactly the sources that are there now. */
export function buildIsFresh() {
  const stamp = join(root, 'build', '.stamp')
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceStamp()
}

/** Builds; throws with the compiler's output when that fails. */
export function build() {
  const stamp = sourceStamp()
  const fresh = join(root, `.build-${process.pid}`)
  const old = join(root, `.build-${process.pid}-old`)
  rmSync(fresh, { recursive: true, force: true })
  try {
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    // without noEmitOnError a file outside this folder that somebody imports would be compiled in its own place
    const args = ['-p', 'tsconfig.build.json', '--outDir', fresh, '--noEmitOnError']
    const { status, stdout, stderr, error } = spawnSync(tsc, args, { cwd: root, encoding: 'utf8' })
    if (error) throw error
    if (status !== 0) throw new Error(`the build failed (tsc -p tsconfig.build.json):\n${firstLines(`${stdout}${stderr}`)}`)
    for (const main of mains) if (existsSync(join(fresh, main))) chmodSync(join(fresh, main), 0o755)
    mkdirSync(fresh, { recursive: true })
    writeFileSync(join(fresh, '.stamp'), stamp)
    if (existsSync(join(root, 'build'))) renameSync(join(root, 'build'), old)
    renameSync(fresh, join(root, 'build'))
  } catch (error) {
    // another caller was faster: fine when it built the same
    if (!buildIsFresh()) throw error
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(old, { recursive: true, force: true })
  }
}

function firstLines(text, count = 30) {
  const lines = text.trimEnd().split('\n')
  return [...lines.slice(0, count), ...(lines.length > count ? [`… and ${lines.length - count} more lines`] : [])].join('\n')
}

/** Digest over path, size and time of everything that the build reads. */
function sourceStamp() {
  const hash = createHash('sha256')
  const look = (path) => {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) look(file)
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) walk(path)
      else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')) look(path)
    }
  }
  for (const folder of sourceFolders) if (existsSync(join(root, folder))) walk(folder)
  return `${hash.digest('hex')}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (!buildIsFresh()) build()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
