// What the fake head answers to each route of the contract that the command line uses.
import { Readable } from 'node:stream'
import type { DraftRequest, WantedFile } from '../../shared/api/client.ts'
import type { RouteName } from '../../shared/api/routes.ts'
import type { JobsetReply } from '../../shared/api/types.ts'
import { DistError } from '../../shared/base/errors.ts'
import { sha256 } from '../../shared/files/digest.ts'
import { readTar } from '../../shared/files/tar-extract.ts'
import type { JobSpec } from '../../shared/model/jobset.ts'
import { jobFiles, specFiles } from '../../shared/model/jobset-files.ts'
import { steerAnswers } from './fake-control.ts'
import type { FakeReply, FakeRequest } from './fake-head.ts'
import { filesParcel, foundFile } from './fake-parcel.ts'
import { type FakeDraft, type FakeState, jobReply, jobsetReply, manifestOf, noCounts } from './fake-state.ts'

export async function answers(state: FakeState, route: RouteName, call: FakeRequest): Promise<FakeReply> {
  const steered = steerAnswers(state, route, call)
  if (steered !== null) return steered
  const { params, query } = call
  const jobset = Number(params['jobset'])
  switch (route) {
    case 'status':
      return json({
        head: { version: '0.1.0', startedAt: 1_700_000_000_000, now: state.now, notice: null },
        jobsets: state.jobsets,
        more: false,
        nodes: nodeCounts(state),
      })
    case 'nodes':
      return json({ nodes: state.nodes })
    case 'inviteNode':
      return json({ code: 'CODE', expiresAt: state.inviteUntil, line: 'dist-agent --head http://h:8952 --join CODE' })
    case 'tokens':
      return json({ tokens: state.tokens })
    case 'createToken': {
      const { name, role } = call.body as { name: string; role: 'user' }
      const token = { id: `t${state.tokens.length + 1}`, name, role, createdAt: 1_700_000_000_000, revokedAt: null }
      state.tokens.push(token)
      return json({ ...token, secret: 'new-secret' })
    }
    case 'revokeToken': {
      const token = state.tokens.find(({ id }) => id === params['id'])
      if (token === undefined) throw new DistError('not_found', 'no such token')
      return json({ ...token, revokedAt: 1_700_000_000_001 })
    }
    case 'createDraft':
      return createDraft(state, call.body as DraftRequest)
    case 'putJobs': {
      const found = draft(state, params)
      found.jobs = call.bytes
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as JobSpec)
      return json({ jobs: found.jobs.length })
    }
    case 'missingBlobs':
      return json({ missing: missing(state, draft(state, params)) })
    case 'putBlobs':
      draft(state, params)
      return json({ stored: await storeTar(state, call.bytes) })
    case 'putBlob':
      draft(state, params)
      return storePart(state, params['sha256'] ?? '', Number(query['offset']), call.bytes)
    case 'commitDraft':
      return json({ ...commit(state, draft(state, params)), submitted: draft(state, params).did })
    case 'dropDraft':
      state.drafts.delete(params['draft'] ?? '')
      return json({ ok: true })
    case 'jobset':
    case 'wait':
      return json(found(state, jobset))
    case 'findJobsets':
      return json({
        jobsets: findJobsets(state, query),
      })
    case 'jobs': {
      const all = (state.jobs.get(jobset) ?? []).filter((job) => matches(job.name, query['name']) && matches(job.state, query['state']))
      const page = all.filter((job) => job.index > Number(query['after'])).slice(0, Number(query['limit']))
      return json({ jobs: page, more: page.at(-1) !== undefined && page.at(-1) !== all.at(-1) })
    }
    case 'builds':
      return json({ builds: state.builds })
    case 'buildLog':
      return { bytes: (state.buildLogs.get(params['attempt'] ?? '') ?? Buffer.alloc(0)).subarray(Number(query['offset'])) }
    case 'jobLog':
      return { bytes: (state.logs.get(Number(params['job'])) ?? Buffer.alloc(0)).subarray(Number(query['offset'])) }
    case 'retry': {
      const { jobs } = call.body as { jobs: string[] | null }
      found(state, jobset)
      const ended = (state.jobs.get(jobset) ?? []).filter((job) => ['failed', 'cancelled', 'skipped'].includes(job.state))
      return json({ jobset, retried: ended.filter((job) => jobs?.includes(job.name) ?? true).length })
    }
    case 'drainNode':
      state.drained.push({
        node: state.nodes.find((node) => node.id === params['id'])?.name ?? '',
        seconds: (call.body as { seconds: number | null }).seconds,
      })
      return json({ ok: true })
    case 'kill': {
      const { jobs } = call.body as { jobs: string[] | null }
      found(state, jobset)
      return json({ jobset, cancelled: jobs?.length ?? state.jobs.get(jobset)?.length ?? 0, confirmed: ['node1'], waiting: state.deaf })
    }
    case 'results': {
      const all = (state.jobs.get(jobset) ?? []).filter((job) => state.files.has(job.id))
      const page = all.filter((job) => job.index > Number(query['after'])).slice(0, Number(query['limit']))
      const results = page.map((job) => ({
        job: job.id,
        index: job.index,
        name: job.name,
        manifest: state.manifest(job.id),
        removed: false,
      }))
      return json({ results, more: page.at(-1) !== all.at(-1), at: state.at })
    }
    case 'keptAttempts': {
      const all = (state.jobs.get(jobset) ?? []).filter((job) => job.index > Number(query['after']))
      const attempts = all.flatMap((job) =>
        (state.kept.get(job.id) ?? []).map(({ attempt, mark, files }) => ({
          job: job.id,
          index: job.index,
          name: job.name,
          attempt,
          mark,
          manifest: manifestOf(files),
        })),
      )
      return json({ attempts, more: false })
    }
    case 'fetchFiles':
      return { bytes: filesParcel(state, call.body as { files: WantedFile[] }) }
    case 'file': {
      const attempt = query['attempt'] === undefined ? {} : { attempt: String(query['attempt']) }
      const data = foundFile(state, { job: Number(params['job']), path: params['rest'] ?? '', ...attempt })
      if (data === undefined) throw new DistError('not_found', 'no such file')
      return { bytes: data.subarray(Number(query['offset'])) }
    }
    default:
      throw new DistError('not_yet', `the fake head has no ${route}`)
  }
}

function findJobsets(state: FakeState, query: Readonly<Record<string, unknown>>): JobsetReply[] {
  const all = state.jobsets.filter((one) => matches(one.namespace, query['namespace']))
  if (query['versions'] !== 'true') return all.filter((one) => matches(one.batch, query['batch']))
  return all.filter((one) => matches(one.batch.replace(/@\d+$/, ''), query['batch'])).reverse()
}

function createDraft(state: FakeState, body: DraftRequest): FakeReply {
  const known = [...state.drafts.values()].find((one) => one.requestId === body.requestId)
  if (known !== undefined) return json({ draft: known.id, state: known.jobset === null ? 'open' : 'committed', jobset: known.jobset })
  const { namespace, batchName } = body.spec.meta
  const isTaken = state.jobsets.some((one) => one.namespace === namespace && one.batch === batchName)
  if (isTaken && body.mode === 'new') throw new DistError('exists', 'it exists')
  const made: FakeDraft = {
    id: `d${state.drafts.size + 1}`,
    requestId: body.requestId,
    spec: body.spec,
    text: body.text,
    jobs: [],
    jobset: null,
    mode: body.mode,
    provenance: body.provenance,
    did: { kind: 'new', added: 0, changed: 0, unchanged: 0 },
  }
  state.drafts.set(made.id, made)
  return json({ draft: made.id, state: 'open', jobset: null })
}

function commit(state: FakeState, from: FakeDraft) {
  if (from.jobset !== null) return found(state, from.jobset)
  if (missing(state, from).length > 0) throw new DistError('incomplete', 'contents are missing')
  const { namespace, batchName } = from.spec.meta
  const jobs = from.jobs.length
  const there = state.jobsets.find((one) => one.namespace === namespace && one.batch === batchName)
  if (there !== undefined && from.mode !== 'version') return join(state, from, there)
  from.did = { kind: there === undefined ? 'new' : 'version', added: jobs, changed: 0, unchanged: 0 }
  const id = state.jobsets.length + 1
  const batch = there === undefined ? batchName : `${batchName}@2`
  const made = jobsetReply({ id, namespace, batch, jobs, counts: { ...noCounts, ready: jobs }, provenance: told(from) })
  state.jobsets.push(made)
  state.jobs.set(
    id,
    from.jobs.map((job, index) => jobReply({ id: 1000 * id + index, index, name: job.name })),
  )
  from.jobset = id
  return made
}

/** Names only: the real head also sees what changed. */
function join(state: FakeState, from: FakeDraft, there: JobsetReply) {
  const jobs = state.jobs.get(there.id) ?? []
  const fresh = from.jobs.filter(({ name }) => !jobs.some((job) => job.name === name))
  from.did = { kind: 'extend', added: fresh.length, changed: 0, unchanged: from.jobs.length - fresh.length }
  from.jobset = there.id
  jobs.push(...fresh.map(({ name }, index) => jobReply({ id: 5000 + index, index: there.jobs + index, name })))
  state.change(there.id, { jobs: there.jobs + fresh.length, provenance: told(from) })
  return found(state, there.id)
}

function told({ provenance }: FakeDraft): JobsetReply['provenance'] {
  return provenance === null ? null : { ...provenance, set: {} }
}

function missing(state: FakeState, from: FakeDraft): { sha256: string; size: number; have: number }[] {
  const inputs = [...specFiles(from.spec), ...from.jobs.flatMap(jobFiles)]
  const sizes = new Map(inputs.map((file) => [file.sha256 as string, file.size]))
  return [...sizes]
    .map(([hash, size]) => ({ sha256: hash, size, have: state.blobs.get(hash)?.length ?? -1 }))
    .filter(({ size, have }) => have !== size)
    .map((blob) => ({ ...blob, have: Math.max(0, blob.have) }))
}

async function storeTar(state: FakeState, bytes: Buffer): Promise<number> {
  let stored = 0
  await readTar(Readable.from([bytes]), async (entry, body) => {
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(chunk)
    const data = Buffer.concat(chunks)
    if (sha256(data) !== entry.path) throw new DistError('hash_mismatch', `${entry.path} has other bytes`)
    state.blobs.set(entry.path, data)
    stored++
  })
  return stored
}

function storePart(state: FakeState, hash: string, offset: number, bytes: Buffer): FakeReply {
  const before = state.blobs.get(hash) ?? Buffer.alloc(0)
  if (before.length !== offset) throw new DistError('bad_offset', `${before.length} bytes are there`)
  const data = Buffer.concat([before, bytes])
  state.blobs.set(hash, data)
  return json({ have: data.length, whole: sha256(data) === hash })
}

function nodeCounts(state: FakeState) {
  const online = state.nodes.filter((node) => node.state !== 'offline' && node.state !== 'unreachable').length
  return { total: state.nodes.length, online, busy: state.nodes.filter((node) => node.state === 'busy').length }
}

function draft(state: FakeState, params: Readonly<Record<string, string>>): FakeDraft {
  const one = state.drafts.get(params['draft'] ?? '')
  if (one === undefined) throw new DistError('not_found', 'no such draft')
  return one
}

function found(state: FakeState, id: number) {
  const one = state.jobsets.find((candidate) => candidate.id === id)
  if (one === undefined) throw new DistError('not_found', 'no such jobset')
  return one
}

function matches(value: string, wanted: unknown): boolean {
  return wanted === undefined || wanted === value
}

function json(value: unknown): FakeReply {
  return { json: value }
}
