// Builders for drafts in tests: contents, job lines, tars, and the steps of a submission.
import { sha256 } from '../../shared/files/digest.ts'
import { packTar } from '../../shared/files/tar-pack.ts'
import { emptySpec } from '../../shared/model/test-support.ts'
import type { Answer, TestHead } from './test-support.ts'

export interface Content {
  readonly sha256: string
  readonly size: number
  readonly data: Buffer
}

export function content(bytes: string | Buffer): Content {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return { sha256: sha256(data), size: data.length, data }
}

export function file(name: string, of: Content) {
  return { name, sha256: of.sha256, size: of.size, mode: 0o644 }
}

export function draftBody(
  requestId: string,
  options: { batch?: string; namespace?: string; jobs?: number; build?: Content; files?: object[] } = {},
) {
  return {
    requestId,
    jobCount: options.jobs ?? 1,
    text: 'meta: {}\n',
    spec: {
      ...emptySpec(),
      kind: 'python',
      meta: { batchName: options.batch ?? 'sweep', namespace: options.namespace ?? 'anna', capabilities: ['python3'], matrix: null },
      initialize: {
        ...emptySpec().initialize,
        buildFile: options.build === undefined ? null : file('build.py', options.build),
        files: options.files ?? [],
      },
    },
  }
}

export function jobLine(name: string, script: Content, files: object[] = []) {
  return { name, script: file('run.py', script), run: null, files, slurm: null, needs: [], options: null }
}

export function lines(...jobs: object[]): string {
  return jobs.map((job) => `${JSON.stringify(job)}\n`).join('')
}

export function draftId(n: number): string {
  return n.toString(16).padStart(32, '0')
}

/** `name` defaults to the hash. */
export async function tarOf(...entries: (Content & { name?: string })[]): Promise<Buffer> {
  const sources = entries.map(({ name, sha256: hash, size, data }) => ({
    kind: 'file' as const,
    path: name ?? hash,
    size,
    mode: 0o644,
    data,
  }))
  const chunks: Buffer[] = []
  for await (const chunk of packTar(sources)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export function putJobs(head: TestHead, token: string, draft: string, body: string): Promise<Answer> {
  return head.call('PUT', `/drafts/${draft}/jobs`, { token, raw: body, type: 'application/x-ndjson' })
}

export function putTar(head: TestHead, token: string, draft: string, body: Uint8Array): Promise<Answer> {
  return head.call('POST', `/drafts/${draft}/blobs`, { token, raw: body, type: 'application/x-tar' })
}

export function putPiece(head: TestHead, token: string, draft: string, of: string, offset: number, bytes: Uint8Array): Promise<Answer> {
  return head.call('PUT', `/drafts/${draft}/blobs/${of}?offset=${offset}`, { token, raw: bytes, type: 'application/octet-stream' })
}

/** A whole jobset of one job, committed; answers its id. */
export async function submit(head: TestHead, token: string, n: number, batch: string): Promise<number> {
  const script = content(`print(${n})`)
  await head.call('POST', '/drafts', { token, json: draftBody(draftId(n), { batch }) })
  await putJobs(head, token, draftId(n), lines(jobLine('one', script)))
  await putTar(head, token, draftId(n), await tarOf(script))
  const answer = await head.call('POST', `/drafts/${draftId(n)}/commit`, { token })
  return answer.json['id'] as number
}
