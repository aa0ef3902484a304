// Reads what a trial runs: a command, a python script, or the app of an image; where, and what comes before.
import { pathProblem } from '../../files/safe-path.ts'
import type { Kind } from '../../model/jobset.ts'
import type { SearchSpec } from '../../model/search.ts'
import { nearest } from '../../text/near.ts'
import { unknownNames } from '../../trial/fill.ts'
import type { FileReader, FileRef } from '../file-ref.ts'
import type { Path } from '../problem.ts'
import { isSet, readCommand } from '../read-values.ts'
import type { Reading } from '../reading.ts'
import type { Entry } from '../tree.ts'

type Program = Pick<SearchSpec<FileRef>, 'command' | 'script' | 'setup' | 'workdir'>
type Entries = ReadonlyMap<string, Entry>

interface ProgramContext {
  readonly kind: Kind | null
  readonly files: FileReader
  /** the command of run_config */
  readonly fallback: Entry | undefined
  /** of the search */
  readonly at: number
  /** a key is wrong and told: it may have been meant */
  readonly misspelt: boolean
}

export function readProgram(reading: Reading, entries: Entries, path: Path, context: ProgramContext): Program {
  const { kind, files, fallback } = context
  const at = (part: string): Path => ({ up: path, part })
  const inConfig = { up: at('run_config'), part: 'command' }
  const said = entries.get('command')
  const command = isSet(said) ? said : fallback
  const file = entries.get('file')
  if (isSet(said) && isSet(fallback)) {
    reading.problems.error(fallback.keyAt, inConfig, 'the command is there twice: search.command is set too', 'keep one of them')
  }
  if (kind === 'apptainer') refuse(reading, [command, file, entries.get('setup'), entries.get('workdir')], path)
  else if (isSet(command) && isSet(file)) {
    reading.problems.error(file.keyAt, at('file'), "a trial runs one thing, and 'command' is there", 'keep one of them')
  } else if (kind !== null && !context.misspelt && !isSet(command) && !isSet(file)) {
    const hint = kind === 'python' ? 'command: python3 run.py, or file: run.py' : 'command: ./solve --x {{x}}'
    reading.problems.error(context.at, path, 'the search does not say what a trial runs', hint)
  }
  if (kind === 'shell' && isSet(file)) {
    reading.problems.error(
      file.keyAt,
      at('file'),
      'only python jobsets run a script',
      'write command, and name the file in shell.initialize.required_files',
    )
  }
  const example = 'write a command: python3 run.py'
  return {
    command: readCommand(reading, command, command === said ? at('command') : inConfig, example),
    script: isSet(file) ? files.file(file.value, at('file')) : null,
    setup: readCommand(reading, entries.get('setup'), at('setup'), 'write a command: conda activate netpyne'),
    workdir: readWorkdir(reading, entries.get('workdir'), at('workdir')),
  }
}

/** `{{name}}` of no parameter, in a command or an argument. */
export function checkNames(
  reading: Reading,
  text: string,
  names: readonly string[],
  place: { readonly at: number; readonly path: Path },
): void {
  for (const { name } of unknownNames(text, new Set(names))) {
    const near = nearest(name, names)
    const hint = near === null ? `known are ${names.slice(0, 10).join(', ')}` : `did you mean '${near}'?`
    reading.problems.error(place.at, place.path, `{{${name}}}: there is no parameter '${name}'`, hint)
  }
}

function refuse(reading: Reading, entries: readonly (Entry | undefined)[], path: Path): void {
  for (const entry of entries) {
    if (!isSet(entry)) continue
    const hint = "a trial runs the app 'distribute' of the image; remove it"
    reading.problems.error(entry.keyAt, { up: path, part: entry.key }, `an apptainer search has no '${entry.key}'`, hint)
  }
}

function readWorkdir(reading: Reading, entry: Entry | undefined, path: Path): string | null {
  const text = reading.optionalText(entry, path, 'a folder')
  const folder = text?.replace(/^(\.\/)+/, '').replace(/\/+$/, '') ?? ''
  if (text === null || folder === '' || folder === '.') return null
  const problem = pathProblem(folder)
  if (problem === null) return folder
  reading.problems.error(
    entry?.value.at ?? 0,
    path,
    `'${text}' cannot be the folder of a trial: ${problem}`,
    'write a path below the workspace, like model',
  )
  return null
}
