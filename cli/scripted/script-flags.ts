// What the flags of `dist search run` and `dist search import` mean: the words of the jobset, and what of the folder is shipped.
import { realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DistError } from '../../shared/base/errors.ts'
import type { JobsetWords } from '../../shared/config/jobset-text.ts'
import { formatBytes } from '../../shared/text/bytes.ts'
import { placedLabels } from './earlier-results.ts'
import { hiddenFolder } from './place-results.ts'
import type { ScriptCall } from './script-call.ts'
import { type Shipped, shipFolder } from './ship-folder.ts'

export interface ScriptFlags {
  readonly python?: string
  readonly capabilities?: string
  readonly setup?: string
  readonly resources?: string
  readonly namespace?: string
  readonly yes?: boolean
}

/** More is asked about: it would be sent, and lie on every node. */
const mostBytes = 2 * 2 ** 30
const entriesShown = 8

/** The folder that is shipped; a big one, and what its links lead to outside of it, only when that is meant. Throws `usage`. */
export function shippedFolder(call: ScriptCall, { yes }: ScriptFlags): Shipped {
  const { cwd } = call
  const shipped = shipFolder(cwd, { isLeft: outputsOf(call), leavesRoot: yes === true })
  if (shipped.bytes <= mostBytes || yes === true) return shipped
  const biggest = shipped.entries.slice(0, entriesShown).map(({ name, bytes }) => `${formatBytes(bytes)} ${name}`)
  throw new DistError('usage', `${cwd} has ${formatBytes(shipped.bytes)} to send: ${biggest.join(', ')}`, {
    hint: 'name what no trial needs in a .distignore (as a .gitignore), or send all of it with --yes',
  })
}

/** What earlier runs left, also where `output_path` is the folder itself, or a link. */
function outputsOf({ cwd, outputPath, checkpointPath, label }: ScriptCall): (path: string) => boolean {
  const outputs = [outputPath, checkpointPath].flatMap((path) => [path, realOf(path)])
  const folders = [...outputs.filter((path) => !`${cwd}/`.startsWith(`${path}/`)), join(cwd, hiddenFolder)]
  const inRoot = placedLabels(cwd)
  const tables = new Set([label, ...inRoot, ...placedLabels(outputPath)].map((one) => join(cwd, `${one}.csv`)))
  const labels = outputPath === cwd ? [label, ...inRoot] : inRoot
  return (path) =>
    tables.has(path) ||
    folders.some((folder) => `${path}/`.startsWith(`${folder}/`)) ||
    (dirname(path) === cwd && labels.some((one) => isOfTrial(basename(path), one)))
}

function isOfTrial(name: string, label: string): boolean {
  return name.startsWith(`${label}_`) && /^\d{5}/.test(name.slice(label.length + 1))
}

/** The path itself where nothing is there yet. */
function realOf(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}

/** A line for each way to stay here. */
export function leftNotices({ ignored, results }: Shipped): readonly string[] {
  return [
    ...leftNotice(ignored, 'by .gitignore or .distignore', 'a line `!NAME` in .distignore ships it'),
    ...leftNotice(results, 'as results of searches', 'what a trial needs of them can be copied to another folder'),
  ]
}

function leftNotice(names: readonly string[], why: string, hint: string): readonly string[] {
  if (names.length === 0) return []
  return [`not shipped, ${why}: ${names.slice(0, entriesShown).join(', ')}${names.length > entriesShown ? ', …' : ''} (${hint})`]
}

/** Throws `usage`. */
export function wordsOf({ capabilities, setup, resources, namespace }: ScriptFlags): Omit<JobsetWords, 'entries' | 'emptyFolders'> {
  return {
    namespace: namespace ?? accountName(),
    capabilities: (capabilities ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
    setup: setup ?? null,
    resources: Object.fromEntries(
      (resources ?? '')
        .split(',')
        .filter((part) => part.trim() !== '')
        .map((part) => {
          const [key, value, ...more] = part.split('=').map((piece) => piece.trim())
          if (key && value && more.length === 0) return [key, value]
          throw new DistError('usage', `--resources: '${part}' is no KEY=AMOUNT`, {
            hint: 'write for example --resources cores=2,memory=4GiB',
          })
        }),
    ),
  }
}

function accountName(): string {
  try {
    return userInfo().username.replace(/[^A-Za-z0-9_.-]/g, '_')
  } catch {
    return 'searches'
  }
}
