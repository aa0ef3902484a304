// Reads `meta`: names, capabilities, whom to tell.
import { parseRequirement } from '../model/capability.ts'
import type { JobsetMeta } from '../model/jobset.ts'
import { matrixIdProblem } from './matrix-id.ts'
import { nameProblem } from './name-rule.ts'
import type { Path } from './problem.ts'
import type { Reading } from './reading.ts'
import type { Entry, Node } from './tree.ts'

/** What could be read of it: a name is null when it is missing or bad (reported). */
export type PartialMeta = Omit<JobsetMeta, 'batchName' | 'namespace'> & {
  readonly batchName: string | null
  readonly namespace: string | null
}

export function readMeta(reading: Reading, node: Node, path: Path): PartialMeta | null {
  const entries = reading.map(node, path, 'meta')
  if (entries === null) return null
  return {
    batchName: readName(reading, entries.get('batch_name'), { up: path, part: 'batch_name' }, nameProblem),
    namespace: readName(reading, entries.get('namespace'), { up: path, part: 'namespace' }, nameProblem),
    capabilities: readCapabilities(reading, entries.get('capabilities'), { up: path, part: 'capabilities' }),
    matrix: readMatrix(reading, entries.get('matrix'), { up: path, part: 'matrix' }),
  }
}

/** A name that keeps to a rule; null when missing or bad. Used for jobs and settings too. */
export function readName(reading: Reading, entry: Entry | undefined, path: Path, rule: (name: string) => string | null): string | null {
  if (entry === undefined) return null
  const name = reading.text(entry.value, path, 'a name')
  if (name === null) return null
  const problem = rule(name)
  if (problem === null) return name
  reading.problems.error(entry.value.at, path, problem, 'use letters, digits, and signs like _ - + = . inside')
  return null
}

function readCapabilities(reading: Reading, entry: Entry | undefined, path: Path): readonly string[] {
  const words = new Set<string>()
  for (const [index, item] of (reading.list(entry, path, 'a list: [gfortran, python3]') ?? []).entries()) {
    const here = { up: path, part: index }
    const word = reading.text(item, here, 'a capability')
    if (word === null) continue
    if (parseRequirement(word) !== null) words.add(word.trim())
    else
      reading.problems.error(item.at, here, `'${word}' is no capability`, "write a word like gfortran, 'cuda>=12', 'os=debian' or '!wifi'")
  }
  return [...words]
}

function readMatrix(reading: Reading, entry: Entry | undefined, path: Path): string | null {
  const id = reading.optionalText(entry, path, 'a Matrix user id, or ~')
  if (id === null) return null
  const problem = matrixIdProblem(id)
  if (problem === null) return id
  reading.problems.error(entry?.value.at ?? 0, path, problem, 'write "@name:server.org" in quotes, or ~ for nobody')
  return null
}
