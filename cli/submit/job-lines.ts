// The jobs of a draft as NDJSON, made in slices while they are sent: 100 000 jobs never lie in memory as text.
import { Readable } from 'node:stream'
import type { InputFile, JobSpec, LocalFile } from '../../shared/model/jobset.ts'

const sliceBytes = 1 << 17

/** One line a job, in file order. */
export function jobLines(jobs: readonly JobSpec<LocalFile>[], known: (file: LocalFile) => InputFile): Readable {
  return Readable.from(slices(jobs, known), { objectMode: false })
}

function* slices(jobs: readonly JobSpec<LocalFile>[], known: (file: LocalFile) => InputFile): Generator<Buffer> {
  let text = ''
  for (const job of jobs) {
    const line: JobSpec = { name: job.name, script: known(job.script), files: job.files.map(known), slurm: job.slurm }
    text += `${JSON.stringify(line)}\n`
    if (text.length < sliceBytes) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}
