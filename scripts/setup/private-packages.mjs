// Debian packages of another suite, with all that they depend on, unpacked into a folder of our own: nothing is
// installed, the machine's apt and dpkg learn nothing of it, no root needed. Used by apptainer.mjs.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Unpacks `packages` of `suite` and their dependencies below `into`. `without`: dependencies that are not wanted.
 * `scratch` is an empty folder for lists and archives, `release` says what system this is. Throws with the reason when they cannot be had.
 */
export function unpackPackages({ suite, packages, without, scratch, into, release = '/etc/os-release' }) {
  const env = { ...process.env, APT_CONFIG: privateApt({ suite, without, scratch, release }), LC_ALL: 'C.UTF-8' }
  run('apt-get', ['update', '-qq', '-o', 'APT::Update::Error-Mode=any'], env)
  run('apt-get', ['install', '-y', '-qq', '--download-only', ...packages], env)
  const archives = join(scratch, 'cache', 'archives')
  for (const name of readdirSync(archives)) if (name.endsWith('.deb')) run('dpkg-deb', ['--extract', join(archives, name), into], env)
}

/** Runs it; its last words when it fails. */
export function run(command, args, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { env, encoding: 'utf8', timeout: 300_000 })
  if (error) throw new Error(`${command}: ${error.message}`)
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${lastLines(`${stdout}${stderr}`)}`)
  return stdout
}

/** A configuration of apt that knows one suite and believes that nothing is installed but `without`; answers its file. */
function privateApt({ suite, without, scratch, release }) {
  const at = (...path) => join(scratch, ...path)
  for (const folder of ['sources', 'lists/partial', 'cache/archives/partial']) mkdirSync(at(folder), { recursive: true })
  const source = ['Types: deb', `URIs: ${archiveOf(release)}`, `Suites: ${suite}`, 'Components: main']
  if (existsSync(keyring)) source.push(`Signed-By: ${keyring}`)
  writeFileSync(at('sources', 'one.sources'), `${source.join('\n')}\n`)
  const status = without.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 9999\nArchitecture: all\n`)
  writeFileSync(at('status'), status.join('\n'))
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': at('sources'),
    'Dir::State': scratch,
    'Dir::State::lists': at('lists'),
    'Dir::State::status': at('status'),
    'Dir::Cache': at('cache'),
    'Dir::Log': scratch,
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '30',
    // the scratch folder is ours alone: apt's own user could not write there
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
  }
  const file = at('apt.conf')
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(''),
  )
  return file
}

/** Where this machine has its Debian from, as its own apt sources say. */
function archiveOf(releaseFile) {
  if (!existsSync(releaseFile)) throw new Error(`no Debian: there is no ${releaseFile}`)
  const release = readFileSync(releaseFile, 'utf8')
  const word = (key) => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1] ?? ''
  if (word('ID') !== 'debian') throw new Error(`set-up knows how to get it on Debian only, this is ${word('ID') || 'something else'}`)
  // without release info: says it before any list was fetched
  const format = '$(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)'
  const lines = run('apt-get', ['indextargets', '--no-release-info', '--format', format]).split('\n')
  const start = `Packages ${word('VERSION_CODENAME')} main `
  const found = lines.find((line) => line.startsWith(start))
  if (found === undefined) throw new Error(`the sources of apt name no '${word('VERSION_CODENAME')} main'`)
  return found.slice(start.length)
}

function lastLines(text) {
  return text.trim().split('\n').slice(-3).join(' | ')
}
