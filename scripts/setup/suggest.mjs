// The optimisers that python/dist_suggest works with, for the tests: a venv in the user's cache, named after the list below, so
// that a changed list makes another. Used by setup.mjs; server/suggest's tests look in the same place. `npm run demo` has no part in it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run } from './private-packages.mjs'

/** Each with everything that it needs, so that nothing is resolved. nevergrad works with this old bayesian-optimization only. */
const packages = [
  'alembic==1.20.1',
  'bayesian-optimization==1.4.0',
  'cloudpickle==3.1.3',
  'cma==4.5.0',
  'cmaes==0.13.1',
  'colorlog==6.12.0',
  'directsearch==1.1',
  'hyperopt==0.3.0',
  'joblib==1.6.0',
  'Mako==1.4.3',
  'MarkupSafe==3.0.4',
  'narwhals==2.29.0',
  'networkx==3.6.1',
  'nevergrad==1.0.12',
  'numpy==2.4.6',
  'optuna==5.0.0',
  'packaging==26.4',
  'pandas==3.1.1',
  'python-dateutil==4.0.0',
  'PyYAML==6.0.4',
  'scikit-learn==1.9.1',
  'scipy==1.17.1',
  'SQLAlchemy==2.1.9',
  'threadpoolctl==3.8.0',
  'tqdm==4.70.1',
  'typing_extensions==4.16.0',
  'tzdata==2026.6',
]
/** Seen beside it, with another interface: what pip chooses without nevergrad. */
const newer = ['bayesian-optimization==3.4.0', 'colorama==0.4.6']

const hash = createHash('sha256')
  .update(JSON.stringify([packages, newer]))
  .digest('hex')
  .slice(0, 12)
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dist-tests')
const folder = join(cache, `venv-suggest-${hash}`)

/** The interpreter that has them, whether it is there or not. */
export const suggestPython = join(folder, 'bin', 'python')

/** For PYTHONPATH: the newer bayesian-optimization. */
export const newerBayesopt = join(folder, 'newer')

/** True when a set-up has ended well: its mark is the last thing that it writes. */
export function hasOptimisers() {
  return existsSync(join(folder, 'complete'))
}

/** Makes it (0.45 GB with 60 MB of downloads); throws with the reason when it cannot be had. */
export function installOptimisers() {
  mkdirSync(cache, { recursive: true })
  for (const name of readdirSync(cache)) if (name.startsWith('venv-suggest-')) rmSync(join(cache, name), { recursive: true, force: true })
  // a venv knows its own path: made where it stays, complete with its mark
  const python = ['/usr/bin/python3', 'python3'].find(canMakeVenv)
  if (python === undefined) throw new Error('no python3 with venv and pip, 3.11 or newer (Debian: python3-venv)')
  run(python, ['-m', 'venv', folder])
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-compile', '--no-input', '--disable-pip-version-check']
  run(suggestPython, [...pip, ...packages])
  run(suggestPython, [...pip, '--target', newerBayesopt, ...newer])
  writeFileSync(join(folder, 'complete'), '')
}

function canMakeVenv(python) {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
  return spawnSync(python, ['-c', check], { stdio: 'ignore' }).status === 0
}
