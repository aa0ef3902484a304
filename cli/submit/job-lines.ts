// The jobs of a draft as NDJSON, made in slices while they are sent: 100 000 jobs never lie in memory as text.
import { Readable } from 'node:stream'
import { relativeOptions } from '../../shared/config/relative-options.ts'
import type { InputFile, JobSpec, Jobset, LocalFile } from '../../shared/model/jobset.ts'

const sliceBytes = 1 << 17

type Sent = Pick<Jobset<LocalFile>, 'jobs' | 'options'>

/** One line a job, in file order. */
export function jobLines(jobset: Sent, known: (file: LocalFile) => InputFile): Readable {
  return Readable.from(slices(jobset, known), { objectMode: false })
}

function* slices({ jobs, options }: Sent, known: (file: LocalFile) => InputFile): Generator<Buffer> {
  let text = ''
  for (const job of jobs) {
    const line: JobSpec = {
      ...job,
      script: job.script === null ? null : known(job.script),
      files: job.files.map(known),
      options: relativeOptions(options, job.options),
    }
    text += `${JSON.stringify(line)}\n`
    if (text.length < sliceBytes) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}
