// The output of a jobset's builds, `<batch>_build_output-<node>.txt`, beside the jobs' folders as on the head.
import { createHash } from 'node:crypto'
import { closeSync, constants, lstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { BuildReply, JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { sha256File } from '../../shared/files/digest.ts'
import { pathProblem } from '../../shared/files/safe-path.ts'
import { readLog } from '../local/read-log.ts'
import type { Pulling } from './pull-jobset.ts'
import { guarded } from './save-folder.ts'

/** Nobody reads more of a build; the head has it all. */
const mostBytes = 256 << 20

/** Names of the files that were written. They have no hash, so they are read whole and written when they differ. */
export async function saveBuildOutputs(pulling: Pulling, jobset: JobsetReply): Promise<string[]> {
  const { context, head, selection, stakes, tell } = pulling
  const { builds } = await context.patiently(stakes, () => head.builds(jobset.id, context.signal), tell)
  const written: string[] = []
  for (const build of builds) {
    const name = nameOf(build)
    if (name === null || build.state === 'building' || selection.filter?.(name) === false) continue
    if (await saveOne(pulling, build, name)) written.push(name)
  }
  return written
}

async function saveOne({ context, head, folder, work }: Pulling, build: BuildReply, name: string): Promise<boolean> {
  const temporary = work.temporary()
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const fd = guarded(name, () => openSync(temporary, flags, 0o644))
  const hash = createHash('sha256')
  let size = 0
  try {
    await readLog(
      context,
      (offset) => head.buildLog(build.attempt, { offset }, context.signal),
      (chunk) => {
        size += chunk.length
        if (size > mostBytes) throw new DistError('too_large', `the build output of ${build.node} has more than ${mostBytes >> 20} MiB`)
        hash.update(chunk)
        guarded(name, () => {
          for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at)
        })
      },
    )
  } catch (error) {
    rmSync(temporary, { force: true })
    if (error instanceof DistError && error.code === 'not_found') return false
    throw error
  } finally {
    closeSync(fd)
  }
  const there = lstatSync(join(folder.root, name), { throwIfNoEntry: false })
  if (there?.isFile() === true && there.size === size && (await sha256File(join(folder.root, name))).sha256 === hash.digest('hex')) {
    rmSync(temporary)
    return false
  }
  folder.place(name, temporary)
  return true
}

/** The last part of what the head calls it; null when that cannot be a file of ours. */
function nameOf(build: BuildReply): string | null {
  const name = build.outputFile?.split('/').at(-1) ?? ''
  return name.startsWith('.') || pathProblem(name) !== null || !name.includes('_build_output-') ? null : name
}
