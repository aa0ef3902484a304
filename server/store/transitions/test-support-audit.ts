// Scenes for the audit of transitions: a store in the middle of things.
import type { AttemptId, JobId, NodeId, Sha256 } from '../../../shared/model/ids.ts'
import { defaultOptions } from '../../../shared/model/options.ts'
import { jobIdentity } from '../../../shared/run/job-identity.ts'
import { readJobSpec, readJobsetSpec } from '../../ports/spec-json.ts'
import { addJobset, finished, oneCore, type Scene, setId, startAttempt } from '../test-scene.ts'
import type { InputOf } from '../transitions-table.ts'

export const node = (name: string): NodeId => name as NodeId
export const sha = (n: number): Sha256 => n.toString(16).padStart(64, '0') as Sha256
export const draft = '1'.repeat(32)
export const failed = { outcome: { kind: 'failed', exitCode: 1, signal: null } } as const

/** A jobset of two jobs; the attempt of the first runs on node a. */
export function running(scene: Scene): AttemptId {
  const [job] = addJobset(scene, 2)
  return startAttempt(scene, job as JobId, 'a')
}

/** The first job ended as told. */
export function ended(scene: Scene, change: Parameters<typeof finished>[2] = {}): AttemptId {
  const attempt = running(scene)
  scene.run('finish', { items: [finished(attempt, 'a', change)] })
  scene.place()
  return attempt
}

/** The second job is done too, and so is the jobset. */
export function over(scene: Scene, change: Parameters<typeof finished>[2] = {}): AttemptId {
  const attempt = ended(scene, change)
  const other = startAttempt(scene, 2 as JobId, 'b')
  scene.run('finish', { items: [finished(other, 'b')] })
  scene.place()
  endJobset(scene)
  return attempt
}

export const counts = { waiting: 0, ready: 0, claimed: 0, running: 0, succeeded: 2, failed: 0, cancelled: 0, skipped: 0 }

export function endJobset(scene: Scene): void {
  scene.run('endJobset', { jobset: setId, state: 'succeeded', reason: null, counts })
}

export function build(scene: Scene): string {
  addJobset(scene, 2)
  scene.run('orderBuild', { id: 'build', jobset: setId, node: node('a'), place: 0, grant: oneCore })
  return 'build'
}

const summary = {
  closing: null,
  total: 3,
  planned: 3,
  open: 2,
  counts: { reported: 0, failed: 0, no_result: 0, bad_metric: 0, params_mismatch: 0, timeout: 0, lost: 0, cancelled: 0 },
  best: null,
  front: [],
  revision: 0,
} as const

/** A search begins: one trial's job is made, another one's values are asked for. */
export const firstStep: InputOf<'advanceSearch'> = {
  jobset: setId,
  seq: 0,
  events: [{ kind: 'begun', trial: null, body: null }],
  starts: [{ number: 0, run: 0, name: 'search_00000', spec: '{}' }],
  cancels: [],
  asked: [1],
  takenBack: [],
  summary,
  done: false,
  notices: [],
  problem: null,
  reopened: false,
  samples: 0,
  by: null,
}

/** The first trial runs again, the other is not wanted any more. */
export const secondStep: InputOf<'advanceSearch'> = {
  ...firstStep,
  seq: 1,
  events: [
    { kind: 'ended', trial: 0, body: '{"run":0,"end":{"kind":"cancelled","reason":"cancelled","retry":null}}' },
    { kind: 'retry_failed', trial: null, body: null },
  ],
  starts: [{ number: 0, run: 1, name: 'search_00000', spec: '{}' }],
  asked: [],
  takenBack: [1],
  reopened: true,
  by: 'anna',
}

export const draftRequest: InputOf<'createDraft'> = {
  id: draft,
  owner: 'anna',
  spec: {
    kind: 'python',
    meta: { namespace: 'lab', batchName: 'new', capabilities: [], matrix: null },
    initialize: { buildFile: null, sif: null, files: [] },
    options: defaultOptions,
    after: [],
    priority: 0,
  } as never,
  text: 'meta: {}',
  jobCount: 1,
}

export function openDraft(scene: Scene): void {
  scene.run('createDraft', draftRequest)
}

export const slice: InputOf<'putDraftJobs'> = {
  draft,
  by: null,
  first: 0,
  jobs: [{ name: 'one', spec: '{}', demand: null }],
  blobs: [{ sha256: sha(1), size: 3 }],
}

export function fullDraft(scene: Scene): void {
  openDraft(scene)
  scene.run('putDraftJobs', slice)
  scene.run('addBlobs', { blobs: [{ sha256: sha(1), size: 3 }] })
}

export function invite(scene: Scene): Uint8Array {
  const hash = Buffer.alloc(32, 1)
  scene.run('createInvite', { hash, expiresAt: Date.now() + 60_000 })
  return hash
}

export const token = { id: 'token', name: 'anna', role: 'user', hash: Buffer.alloc(32, 2) } as const
export const seen = {
  node: node('a'),
  machine: 'm',
  capabilities: ['python3'],
  cores: 4,
  memory: 8,
  slots: 1,
  gpus: 0,
  disk: 0,
  ownBuilds: false,
  pinning: '',
  version: '1',
}
export const again = (scene: Scene, job: number): AttemptId => startAttempt(scene, job as JobId, 'b')

/** The first attempt of the scene's first job. */
export function idOf(scene: Scene): AttemptId {
  return scene.db.prepare('SELECT id FROM attempt WHERE job = 1 ORDER BY claimed_at LIMIT 1').pluck().get() as AttemptId
}

const emptySpec = { kind: 'shell', initialize: { files: [] }, options: defaultOptions }
const emptyJob = { script: null, run: 'true', files: [] }

/** The first of two jobs of known content, as it came back from a cluster: it failed there. */
export function imported(scene: Scene): InputOf<'importAttempts'>['items'][number] {
  addJobset(scene, 2)
  scene.db.prepare('UPDATE jobset SET spec = ?').run(JSON.stringify(emptySpec))
  scene.db.prepare('UPDATE job_spec SET spec = ?').run(JSON.stringify(emptyJob))
  const identity = jobIdentity(readJobsetSpec(JSON.stringify(emptySpec)), readJobSpec(JSON.stringify(emptyJob)))
  return { ...finished('e'.repeat(32), 'slurm:cn1', failed), job: 'job_0', identity, cores: 4, finishedAt: 2000 }
}
