// Apptainer for the tests. Debian stable has none, so unstable's is unpacked into the user's cache with libraries of
// its own (they are newer than the machine's). Used by setup.mjs; test/support/needs.ts looks in the same place.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run, unpackPackages } from './private-packages.mjs'

const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dist-tests', 'apptainer')

/** The folder for PATH of the private copy, whether it is there or not. */
export const privateApptainer = join(folder, 'usr', 'bin')

/** True when an apptainer is on the PATH of plain machines, or ours is there and starts. */
export function hasApptainer() {
  const folders = ['/usr/local/bin', '/usr/bin', '/bin', privateApptainer]
  return folders.some((path) => spawnSync(join(path, 'apptainer'), ['--version'], { stdio: 'ignore' }).status === 0)
}

/** Fetches and unpacks it (25 MB); throws with the reason when it cannot be had. */
export function installApptainer() {
  const scratch = mkdtempSync(join(tmpdir(), 'dist-apt-'))
  mkdirSync(dirname(folder), { recursive: true })
  // beside its place, so that it appears there at once and whole
  const fresh = mkdtempSync(`${folder}-`)
  try {
    // the rest of what it depends on is for networks of containers and for users with ranges of subordinate ids
    const without = ['ca-certificates', 'containernetworking-plugins', 'uidmap', 'debconf']
    unpackPackages({ suite: 'sid', packages: ['apptainer', 'patchelf'], without, scratch, into: fresh })
    relocate(fresh)
    configure(fresh)
    rmSync(join(fresh, 'usr', 'share'), { recursive: true })
    chmodSync(fresh, 0o755)
    rmSync(folder, { recursive: true, force: true })
    renameSync(fresh, folder)
    run(join(privateApptainer, 'apptainer'), ['--version'])
  } finally {
    rmSync(scratch, { recursive: true, force: true })
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Programs find loader and libraries at their final place; apptainer finds its folders as seen from both its programs. */
function relocate(fresh) {
  const libraries = readdirSync(join(fresh, 'usr', 'lib')).find((name) => name.endsWith('-linux-gnu'))
  if (libraries === undefined) throw new Error('the packages hold no libraries')
  const inside = join('usr', 'lib', libraries)
  const loader = readdirSync(join(fresh, inside)).find((name) => /^ld-linux.*\.so\.\d+$/.test(name))
  if (loader === undefined) throw new Error('the packages hold no loader')
  // patchelf is newer than the machine too: the loader is told where its libraries are
  const patch = [join(fresh, inside, loader), '--library-path', join(fresh, inside), join(fresh, 'usr', 'bin', 'patchelf')]
  const [command, ...first] = patch
  const programs = ['apptainer', 'mksquashfs', 'unsquashfs'].map((name) => join('usr', 'bin', name))
  for (const program of [...programs, join(inside, 'apptainer', 'bin', 'starter')]) {
    const where = ['--set-interpreter', join(folder, inside, loader), '--force-rpath', '--set-rpath', join(folder, inside)]
    run(command, [...first, ...where, join(fresh, program)])
  }
  for (const name of ['etc', 'var']) {
    symlinkSync(join('..', name), join(fresh, 'usr', name))
    symlinkSync(join('..', '..', name), join(fresh, 'usr', 'lib', name))
  }
  for (const name of ['mnt/session', 'mnt/source']) mkdirSync(join(fresh, 'var', 'lib', 'apptainer', name), { recursive: true })
}

/** What containers and small machines lack: a root with every capability, systemd. */
function configure(fresh) {
  const file = join(fresh, 'etc', 'apptainer', 'apptainer.conf')
  if (!existsSync(file)) throw new Error('the package holds no apptainer.conf')
  let text = readFileSync(file, 'utf8')
  for (const line of ['root default capabilities = file', 'systemd cgroups = no']) {
    const key = line.slice(0, line.indexOf('='))
    text = text.includes(`\n${key}=`) ? text.replace(new RegExp(`\\n${key}=.*`), `\n${line}`) : `${text}\n${line}\n`
  }
  writeFileSync(file, text)
}
