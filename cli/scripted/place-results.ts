// What the trials left, where stock batchtools leaves it: `<output_path>/<label>_00000.run`, and the files that they saved. The
// pulled results stay in a hidden folder beside (a second run fetches nothing), the files are links to the same bytes.
import { copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { JobsetReply } from '../../shared/api/types.ts'
import { systemCode } from '../../shared/base/errors.ts'
import { walkFolder } from '../../shared/files/walk.ts'
import type { Context } from '../context.ts'
import { pullInto } from '../fetch/pull-into.ts'
import { failed } from '../fetch/save-folder.ts'

export interface Placing {
  /** absolute */
  readonly outputPath: string
  /** also `.out` and `.sgl`, through which a job talked */
  readonly keepsFiles: boolean
}

/** Below output_path. */
export const hiddenFolder = '.dist'
/** What a job printed: a later name where it saved the earlier ones itself (shared/run/output-name.ts). */
const outputNames = ['stdout.txt', 'stdout.dist.txt', 'stdout.dist.2.txt', 'stdout.dist.3.txt', 'stdout.dist.last.txt']

/** Fetches what is missing and puts it in its place. False when the head did not have everything. */
export async function placeResults(context: Context, jobset: JobsetReply, { outputPath, keepsFiles }: Placing): Promise<boolean> {
  try {
    mkdirSync(outputPath, { recursive: true })
  } catch (error) {
    throw failed(outputPath, error)
  }
  const pulled = await pullInto(context.silent(), jobset, { saveDir: join(outputPath, hiddenFolder) })
  const { folder } = pulled.value
  for (const label of readdirSync(folder)) {
    const from = join(folder, label)
    if (label.startsWith('.') || !statSync(from).isDirectory()) continue
    for (const [path, place] of places(label, filesOf(from), keepsFiles)) put(join(from, path), join(outputPath, place))
  }
  return pulled.code === 0
}

function filesOf(folder: string): readonly string[] {
  return [...walkFolder(folder)].flatMap((entry) => (entry.kind === 'file' ? [entry.path] : []))
}

/**
 * Of a trial's files, where each goes: what has the trial's label in its name lies in the folder itself, the rest in a folder of the
 * trial, because in one folder for all every trial would overwrite it. Pure.
 */
export function places(label: string, paths: readonly string[], keepsFiles: boolean): ReadonlyMap<string, string> {
  const output = outputNames.findLast((name) => paths.includes(name))
  const own = `${label}.run`
  const placed = new Map<string, string>()
  for (const path of paths) {
    // a script of its own wrote its output there
    if (path === output) {
      if (!paths.includes(own)) placed.set(path, own)
      continue
    }
    if (!keepsFiles && (path === `${label}.out` || path === `${label}.sgl`)) continue
    placed.set(path, path.startsWith(label) ? path : `${label}/${path}`)
  }
  return placed
}

/** By a link, else as a copy; over what an earlier run left. */
function put(from: string, to: string): void {
  const part = `${to}.part`
  try {
    mkdirSync(dirname(to), { recursive: true })
    rmSync(part, { force: true })
    try {
      linkSync(from, part)
    } catch (error) {
      if (!['EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(systemCode(error) ?? '')) throw error
      copyFileSync(from, part)
    }
    // a rename onto a link to the same bytes does nothing and leaves both
    rmSync(to, { force: true })
    renameSync(part, to)
  } catch (error) {
    throw failed(to, error)
  }
}
