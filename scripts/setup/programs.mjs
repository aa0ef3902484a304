// What demo and tests need beside Node: how each is recognised, which Debian package brings it, what it is for.
// Used by setup.mjs; what is missing is installed when we may, else the apt line is printed.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * `tests: true` = only tests use it: without it they are skipped. The others nothing works without.
 * `probe` is a program of PATH (any of a list) or a function.
 */
export const programs = [
  { name: 'python3', probe: ['python3'], packages: ['python3'], tests: false, why: 'runs build scripts and jobs' },
  { name: 'make', probe: ['make'], packages: ['make'], tests: false, why: 'compiles SQLite and examples/heat' },
  { name: 'a C compiler', probe: ['cc', 'gcc'], packages: ['gcc', 'libc6-dev'], tests: false, why: 'compiles examples/heat' },
  { name: 'a C++ compiler', probe: ['c++', 'g++'], packages: ['g++'], tests: false, why: 'compiles better-sqlite3' },
  { name: 'flock', probe: ['flock'], packages: ['util-linux'], tests: false, why: 'locks data and work folders' },
  { name: 'ccx', probe: ['ccx'], packages: ['calculix-ccx'], tests: true, why: 'examples/calculix' },
  { name: 'the CalculiX decks', probe: hasDecks, packages: ['calculix-ccx-test'], tests: true, why: 'examples/calculix' },
  { name: 'time', probe: ['time'], packages: ['time'], tests: true, why: 'checks the figures of a job against it' },
  { name: 'parallel', probe: ['parallel'], packages: ['parallel'], tests: true, why: 'bench/parallel.ts runs beside it' },
  { name: 'ip', probe: ['ip'], packages: ['iproute2'], tests: true, why: 'network faults' },
  { name: 'nft', probe: ['nft'], packages: ['nftables'], tests: true, why: 'network faults' },
  { name: 'vde_switch', probe: ['vde_switch'], packages: ['vde2'], tests: true, why: 'a line with delay' },
  { name: 'faketime', probe: ['faketime'], packages: ['faketime'], tests: true, why: 'clocks that jump' },
  { name: 'zsh', probe: ['zsh'], packages: ['zsh'], tests: true, why: 'completion' },
  { name: 'fish', probe: ['fish'], packages: ['fish'], tests: true, why: 'completion' },
  { name: 'Slurm', probe: ['slurmctld'], packages: ['slurm-wlm', 'munge'], tests: true, why: 'bundles of dist slurm' },
  {
    name: 'Grid Engine',
    probe: ['sge_qmaster'],
    packages: ['gridengine-master', 'gridengine-exec', 'gridengine-client'],
    tests: true,
    why: 'bundles of dist sge',
  },
  { name: 'mpiexec', probe: ['mpiexec'], packages: ['mpich'], tests: true, why: 'searches with MPI' },
  { name: 'systemd-analyze', probe: ['systemd-analyze'], packages: ['systemd'], tests: true, why: 'runs the units of --install-service' },
  { name: 'mkfs.ext4', probe: ['mkfs.ext4'], packages: ['e2fsprogs'], tests: true, why: 'disks that are full' },
]

/** The entries that are not there. */
export function missingPrograms({ tests }) {
  return programs.filter((program) => (tests || !program.tests) && !isThere(program))
}

/** One line that installs them. */
export function aptLine(missing) {
  return `apt-get install --no-install-recommends ${packagesOf(missing).join(' ')}`
}

/** Installs them (root only); throws with apt's output when it fails. */
export function installPrograms(missing) {
  const packages = packagesOf(missing)
  const install = [
    'install',
    '-y',
    '-qq',
    '--no-install-recommends',
    '--reinstall', // installed but incomplete: see the next option
    // images without documentation leave /usr/share/doc out: the decks live there
    '-o',
    'DPkg::Options::=--path-include=/usr/share/doc/calculix-ccx-test/*',
    ...packages,
  ]
  // the package lists may be old or absent: fetch them only when they do not suffice
  const first = apt(install)
  if (first.status === 0) return
  const update = apt(['update', '-qq'])
  if (update.status !== 0) throw new Error(`apt-get update failed:\n${update.output}`)
  const second = apt(install)
  if (second.status !== 0) throw new Error(`apt-get install ${packages.join(' ')} failed:\n${second.output}`)
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
  const { status, stdout, stderr, error } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env, encoding: 'utf8' })
  return { status, output: error ? error.message : `${stdout}${stderr}` }
}

function packagesOf(missing) {
  return [...new Set(missing.flatMap(({ packages }) => packages))]
}

function isThere({ probe }) {
  return typeof probe === 'function' ? probe() : probe.some(onPath)
}

function onPath(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => folder !== '' && isExecutable(join(folder, name)))
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function hasDecks() {
  const folder = '/usr/share/doc/calculix-ccx-test/examples/test'
  return existsSync(folder) && readdirSync(folder).some((name) => name.includes('.inp'))
}
