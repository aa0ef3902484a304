// node_modules: installed when missing or when package-lock.json asks for something else. Used by setup.mjs.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const stampFile = join(root, 'node_modules', '.dist-stamp')

/** True when node_modules is what package-lock.json says, for this Node. */
export function packagesAreFresh() {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()) return true
  if (!agreesWithLock() || sqliteFault() !== null) return false
  // somebody ran `npm ci` by hand
  writeFileSync(stampFile, stamp())
  return true
}

/** `npm ci`; throws with its output when it fails or when SQLite did not compile. */
export function installPackages() {
  // npm's own path when npm runs us: PATH may name another one
  const npm = process.env.npm_execpath
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  const result = spawnSync(command, [...args, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, ...headersBesideNode() },
    encoding: 'utf8',
  })
  if (result.error) throw result.error
  if (result.status !== 0) throw new Error(`npm ci failed:\n${result.stdout}${result.stderr}`)
  // npm says nothing when an optional dependency does not compile, and the head cannot run without this one
  const fault = sqliteFault()
  if (fault !== null) {
    throw new Error(`better-sqlite3 does not load: ${fault}\nsee why with: npm ci --foreground-scripts`)
  }
  writeFileSync(stampFile, stamp())
}

/**
 * node-gyp would download the headers of this Node; where they stand beside it, it is told so.
 * The environment wins over any npmrc, so a setting of the user's for another Node does no harm.
 */
function headersBesideNode() {
  const prefix = dirname(dirname(process.execPath))
  const versionFile = join(prefix, 'include', 'node', 'node_version.h')
  if (!existsSync(join(prefix, 'include', 'node', 'node.h')) || !existsSync(versionFile)) return {}
  const text = readFileSync(versionFile, 'utf8')
  const version = ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`NODE_${part}_VERSION (\\d+)`).exec(text)?.[1]).join('.')
  return version === process.versions.node ? { npm_config_nodedir: prefix } : {}
}

/** Why better-sqlite3 does not load, one line; null when it does. A child asks: a bad binary may crash. */
function sqliteFault() {
  const code = "new (require('better-sqlite3'))(':memory:').prepare('select 1').get()"
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', code], { cwd: root, encoding: 'utf8' })
  if (status === 0) return null
  return /^\w*Error: .*/m.exec(stderr)?.[0] ?? signal ?? `exit status ${status}`
}

/** True when every package that the lock file wants is there in that version (optional ones may be absent). */
function agreesWithLock() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(want).every(([path, { version, optional }]) => {
    return path === '' || have[path]?.version === version || (optional && have[path] === undefined)
  })
}

/** What an installation depends on: the lock file, npm's settings, and the binary interface of Node. */
function stamp() {
  const hash = createHash('sha256')
  for (const file of ['package-lock.json', '.npmrc']) hash.update(readFileSync(join(root, file)))
  return `${hash.digest('hex')} ${process.platform}-${process.arch} abi ${process.versions.modules}\n`
}
