// The released batchtools for the tests, of three generations: venvs in the user's cache, named after the lists below, so that a changed
// list makes others. The second and third are layers on the first: each has what is its own, and sees the rest. Used by setup.mjs; the
// tests look in the same place. `npm run demo` has no part in it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run } from './private-packages.mjs'

/** The newest pair that pip has, with everything that it needs, so that nothing is resolved. */
const newest = [
  'alembic==1.20.1',
  'batchtk==0.1.6',
  'bokeh==3.9.2',
  'cloudpickle==3.1.3',
  'colorlog==6.12.0',
  'contourpy==1.3.3',
  'cycler==0.12.1',
  'filelock==4.3.1',
  'find_libpython==0.5.1',
  'fonttools==4.68.0',
  'future==1.0.0',
  'importlib_metadata==10.2.0',
  'Jinja2==3.1.6',
  'joblib==1.6.0',
  'kiwisolver==1.5.1',
  'lazy-importer==0.1.0',
  'LFPykit==0.6.2',
  'Mako==1.4.3',
  'MarkupSafe==3.0.4',
  'matplotlib==3.11.2',
  'matplotlib-scalebar==0.9.0',
  'MEAutility==1.5.3',
  'mpmath==1.3.0',
  'narwhals==2.29.0',
  'netpyne==1.1.1',
  'neuron==9.0.2',
  'numpy==2.4.6',
  'optuna==5.0.0',
  'packaging==26.4',
  'pandas==3.1.1',
  'pillow==13.0.0',
  'pyparsing==3.3.3',
  'python-dateutil==4.0.0',
  'PyYAML==6.0.4',
  'schema==0.7.8',
  'scikit-learn==1.9.1',
  'scipy==1.17.1',
  'SQLAlchemy==2.1.9',
  'sympy==1.14.0',
  'threadpoolctl==3.8.0',
  'tornado==6.6.1',
  'tqdm==4.70.1',
  'typing_extensions==4.16.0',
  'tzdata==2026.6',
  'xyzservices==2026.9.1',
  'zipp==4.1.2',
]
/** What the two documents were written for. */
const documents = ['batchtk==0.0.2', 'netpyne==1.0.7', 'neuron==8.2.7']
/** The last batchtk whose own search works with this netpyne, and ray for it. */
const ray = [
  'annotated-types==0.8.0',
  'attrs==26.1.0',
  'batchtk==0.1.3',
  'certifi==2026.10.19.post1',
  'charset-normalizer==3.5.3',
  'click==8.5.1',
  'fsspec==2026.9.0',
  'idna==3.20',
  'jsonschema==4.26.0',
  'jsonschema-specifications==2025.9.1',
  'msgpack==1.2.4',
  'protobuf==7.36.2',
  'pyarrow==26.0.1',
  'pydantic==2.14.4',
  'pydantic_core==2.50.5',
  'ray==2.60.0',
  'referencing==0.37.0',
  'requests==2.34.2',
  'rpds-py==2026.9.1',
  'tensorboardX==2.6.5',
  'typing-inspection==0.4.5',
  'urllib3==2.8.0',
]

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dist-tests')
const folderOf = (name, packages) => {
  const hash = createHash('sha256')
    .update(JSON.stringify([newest, packages]))
    .digest('hex')
  return join(cache, `venv-batchtools-${name}-${hash.slice(0, 12)}`)
}
const lists = { newest, documents, ray }
const folders = Object.fromEntries(Object.entries(lists).map(([name, packages]) => [name, folderOf(name, packages)]))

/** Interpreters of the three, whether they are there or not. */
export const batchtoolsPython = Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, join(folder, 'bin', 'python')]))

/** True when the set-up of this one, or of all, has ended well: its mark is the last thing that it writes. */
export function hasBatchtools(name) {
  const names = name === undefined ? Object.keys(folders) : [name]
  return names.every((one) => existsSync(join(folders[one], 'complete')))
}

/** Makes those that are missing (65 s, 1 GB with 300 MB of downloads); throws with the reason when they cannot be had. */
export function installBatchtools() {
  forgetOthers()
  for (const [name, packages] of Object.entries(lists)) if (!hasBatchtools(name)) make(name, packages)
}

function make(name, packages) {
  const folder = folders[name]
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(cache, { recursive: true })
  const python = ['/usr/bin/python3', 'python3'].find(canMakeVenv)
  if (python === undefined) throw new Error('no python3 with venv and pip, 3.11 or newer (Debian: python3-venv)')
  run(python, ['-m', 'venv', folder])
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-compile', '--no-input', '--disable-pip-version-check']
  run(batchtoolsPython[name], [...pip, ...packages])
  // its own come first, then those of the newest
  if (name !== 'newest') writeFileSync(join(sitePackages(folder), 'below.pth'), `${sitePackages(folders.newest)}\n`)
  writeFileSync(join(folder, 'complete'), '')
}

function sitePackages(folder) {
  const [version] = readdirSync(join(folder, 'lib'))
  return join(folder, 'lib', version, 'site-packages')
}

function forgetOthers() {
  mkdirSync(cache, { recursive: true })
  const kept = new Set(Object.values(folders))
  for (const name of readdirSync(cache)) {
    const path = join(cache, name)
    if (name.startsWith('venv-batchtools-') && !kept.has(path)) rmSync(path, { recursive: true, force: true })
  }
}

function canMakeVenv(python) {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
  return spawnSync(python, ['-c', check], { stdio: 'ignore' }).status === 0
}
