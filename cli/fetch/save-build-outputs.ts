// The output of a jobset's builds, `<batch>_build_output-<node>.txt`, beside the jobs' folders as on the head.
import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { BuildReply, JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { pathProblem } from '../../shared/files/safe-path.ts'
import type { Context } from '../context.ts'
import { readLog } from '../local/read-log.ts'
import type { PathFilter } from './path-filter.ts'
import type { SaveFolder } from './save-folder.ts'

/** Nobody reads more of a build; the head has it all. */
const mostBytes = 256 << 20

/** Names of the files that were written. They have no hash, so they are read whole and written when they differ. */
export async function saveBuildOutputs(context: Context, jobset: JobsetReply, folder: SaveFolder, filter: PathFilter): Promise<string[]> {
  const head = await context.head()
  const { builds } = await context.patiently('change', () => head.builds(jobset.id, context.signal))
  const written: string[] = []
  for (const build of builds) {
    const name = nameOf(build)
    if (name === null || build.state === 'building' || !filter(name)) continue
    if (await saveOne(context, build, folder, name)) written.push(name)
  }
  return written
}

async function saveOne(context: Context, build: BuildReply, folder: SaveFolder, name: string): Promise<boolean> {
  const head = await context.head()
  const temporary = folder.temporary()
  const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
  let size = 0
  try {
    await readLog(
      context,
      (offset) => head.buildLog(build.attempt, { offset }, context.signal),
      (chunk) => {
        size += chunk.length
        if (size > mostBytes) throw new DistError('too_large', `the build output of ${build.node} has more than ${mostBytes >> 20} MiB`)
        for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at)
      },
    )
  } catch (error) {
    rmSync(temporary, { force: true })
    if (error instanceof DistError && error.code === 'not_found') return false
    throw error
  } finally {
    closeSync(fd)
  }
  if (isSame(join(folder.root, name), temporary, size)) {
    rmSync(temporary)
    return false
  }
  folder.place({ path: name, mode: 0o644 }, temporary)
  return true
}

function isSame(path: string, other: string, size: number): boolean {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stat = fstatSync(fd)
      return stat.isFile() && stat.size === size && readFileSync(fd).equals(readFileSync(other))
    } finally {
      closeSync(fd)
    }
  } catch {
    return false
  }
}

/** The last part of what the head calls it; null when that cannot be a file of ours. */
function nameOf(build: BuildReply): string | null {
  const name = build.outputFile?.split('/').at(-1) ?? ''
  return name.startsWith('.') || pathProblem(name) !== null || !name.includes('_build_output-') ? null : name
}
