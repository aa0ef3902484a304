// What to tell someone who writes a key where it does not belong: of another kind of jobset, or of another part.
import type { SchemaName } from './schema.ts'
import { schemas } from './schema.ts'

const python: Readonly<Record<string, string>> = {
  required_mounts: 'only apptainer jobsets have mounts; remove it',
  sif: 'only apptainer jobsets have an image; remove it',
  build: 'a python jobset has build_file',
  run: 'a python job has file',
  command: 'a python job has file',
}

const shell: Readonly<Record<string, string>> = {
  required_mounts: 'only apptainer jobsets have mounts; remove it',
  sif: 'only apptainer jobsets have an image; remove it',
  build_file: 'a shell jobset has build, a command',
  file: 'a shell job has run, a command; name the file in required_files',
  command: 'a shell job has run',
}

const onlyApp = "an apptainer job runs the app 'distribute' of the image; remove it"
const noBuild = 'an apptainer jobset has nothing to build; remove it'
const apptainer: Readonly<Record<string, string>> = {
  build: noBuild,
  build_file: noBuild,
  source: noBuild,
  share: noBuild,
  file: onlyApp,
  run: onlyApp,
  command: onlyApp,
}

const search: Readonly<Record<string, string>> = {
  run: 'a search has command',
  jobs: 'a search makes its jobs itself; remove it',
  needs: 'trials wait for nothing; write after at the top level, or remove it',
  required_files: 'name them in initialize: every trial finds them',
  dispatcher_constructor: 'only a batchtools script has one: dist search run',
  submit_constructor: 'only a batchtools script has one: dist search run',
}

/** The hint for a key that a schema does not have; null when there is nothing special to say. */
export function misplacedHint(key: string, name: SchemaName): string | null {
  const kind =
    name === 'search'
      ? search
      : name.startsWith('apptainer')
        ? apptainer
        : name.startsWith('shell')
          ? shell
          : name.startsWith('python')
            ? python
            : {}
  return Object.hasOwn(kind, key) ? (kind[key] ?? null) : null
}

/** The hint that says where a key belongs; null when nowhere. */
export function homeHint(key: string, name: SchemaName): string | null {
  const kind = /^(python|apptainer|shell)/.exec(name)?.[0] ?? 'python'
  const homes: readonly (readonly [SchemaName, string])[] = [
    ['meta', 'in meta'],
    [`${kind}_initialize` as SchemaName, `in ${kind}.initialize`],
    [kind as SchemaName, `in ${kind}`],
    [`${kind}_job` as SchemaName, `in ${kind}.jobs[]`],
    ['jobset', 'at the top level'],
    ['slurm', 'in slurm'],
    ['resources', 'in resources'],
    ['retries', 'in retries'],
    ['save', 'in save'],
  ]
  for (const [home, place] of homes) if (Object.hasOwn(schemas[home], key)) return `'${key}' belongs ${place}`
  return null
}
