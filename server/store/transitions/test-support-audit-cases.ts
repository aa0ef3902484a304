// A case for every transition: what comes before it, and what may come between it and its late repetition.
import type { AttemptId, JobId } from '../../../shared/model/ids.ts'
import { addJobset, addSearch, finished, oneCore, type Scene, setId } from '../test-scene.ts'
import type { InputOf, TransitionName } from '../transitions-table.ts'
import {
  again,
  build,
  counts,
  draft,
  draftRequest,
  ended,
  endJobset,
  failed,
  firstStep,
  fullDraft,
  idOf,
  imported,
  invite,
  node,
  openDraft,
  over,
  running,
  secondStep,
  seen,
  sha,
  slice,
  token,
} from './test-support-audit.ts'

export interface Case<N extends TransitionName> {
  /** brings the store to where the transition has something to do */
  readonly stage: (scene: Scene) => InputOf<N>
  /** what happens next; the same request again comes after it */
  readonly next?: (scene: Scene, input: InputOf<N>) => void
  /** it may be the first thing that ever happens: then the same request on an empty store is no stranger */
  readonly first?: true
  /** it tells of something that happens, again and again: only its events repeat */
  readonly tells?: true
}

/** What was done first, and what the case is about. */
function after<T>(_done: unknown, input: T): T {
  return input
}

export const cases: { readonly [N in TransitionName]: Case<N> } = {
  addBlobs: { stage: () => ({ blobs: [{ sha256: sha(7), size: 7 }] }), first: true },
  advanceSearch: {
    stage: (scene) => after(addSearch(scene), firstStep),
    // the step after it opens the first trial again
    next(scene) {
      scene.run('cancel', { jobset: setId, jobs: ['search_00000'], by: 'anna' })
      scene.run('advanceSearch', secondStep)
    },
  },
  cancel: {
    stage: (scene) => after(running(scene), { jobset: setId, jobs: null, by: 'anna' }),
    next: (scene) => scene.run('finish', { items: [finished(idOf(scene), 'a')] }),
  },
  claim: {
    stage: (scene) =>
      after(addJobset(scene, 2), { items: [{ attempt: 'c'.repeat(32) as AttemptId, job: 1 as JobId, node: node('a'), grant: oneCore }] }),
    next(scene, { items: [item] }) {
      scene.run('finish', { items: [finished(item?.attempt ?? '', 'a')] })
    },
  },
  clearNode: {
    stage(scene) {
      scene.run('finishBuild', { items: [finished(build(scene), 'a', failed)] })
      return { node: node('a'), by: 'root' }
    },
    next: (scene) => scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' }),
  },
  collectBlobs: {
    stage: (scene) => after(scene.run('addBlobs', { blobs: [{ sha256: sha(1), size: 3 }] }), { blobs: [sha(1)], above: 0 }),
    next: fullDraft,
    first: true,
  },
  commitDraft: {
    stage: (scene) => after(fullDraft(scene), { draft, by: null, uid: 'f'.repeat(16) }),
    next: (scene) => scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' }),
  },
  createDraft: {
    stage: () => draftRequest,
    next(scene) {
      scene.run('putDraftJobs', slice)
      scene.run('addBlobs', { blobs: [{ sha256: sha(1), size: 3 }] })
      scene.run('commitDraft', { draft, by: null, uid: 'f'.repeat(16) })
    },
    first: true,
  },
  createInvite: { stage: () => ({ hash: Buffer.alloc(32, 1), expiresAt: Date.now() + 60_000 }), first: true },
  createToken: {
    stage: () => ({ ...token, by: 'root' }),
    next: (scene) => scene.run('revokeToken', { id: 'token', by: 'root' }),
    first: true,
  },
  dropBuilds: {
    stage: (scene) => ({ ids: [build(scene)], reason: 'gone' }),
    next: (scene) => scene.run('finishBuild', { items: [finished('build', 'a')] }),
  },
  dropDraft: { stage: (scene) => after(openDraft(scene), { draft, by: null }) },
  dropOldDrafts: { stage: (scene) => after(openDraft(scene), { before: Date.now() + 1000 }) },
  endJobset: {
    stage: (scene) => {
      ended(scene, failed)
      scene.run('finish', { items: [finished(again(scene, 2), 'b')] })
      return { jobset: setId, state: 'failed', reason: null, counts }
    },
    // `dist retry` came in between: what ends is not the jobset that goes on
    next: (scene) => after(scene.place(), scene.run('reopen', { jobset: setId, jobs: null, by: 'anna' })),
  },
  enroll: {
    stage: (scene) => ({ hash: invite(scene), key: 'key', name: 'bench', version: '1', id: node('n') }),
    next: (scene) => scene.run('nodeSeen', { ...seen, node: node('n') }),
  },
  failJobs: { stage: (scene) => after(addJobset(scene, 2), { jobset: setId, reason: 'no build' }), next: endJobset },
  finish: {
    stage: (scene) => ({ items: [finished(running(scene), 'a', failed)] }),
    // the next generation is under way when the result of the one before arrives again
    next(scene) {
      scene.place()
      scene.run('reopen', { jobset: setId, jobs: ['job_0'], by: 'anna' })
      again(scene, 1)
    },
  },
  finishBuild: {
    stage: (scene) => ({ items: [finished(build(scene), 'a', failed)] }),
    next(scene) {
      scene.run('failJobs', { jobset: setId, reason: 'no build' })
      endJobset(scene)
      scene.place()
      scene.run('reopen', { jobset: setId, jobs: null, by: 'anna' })
    },
  },
  giveBack: {
    stage: (scene) => ({ items: [{ attempt: running(scene), node: 'a', reason: 'leaving' }] }),
    next: (scene) => again(scene, 1),
  },
  hold: {
    stage: (scene) => after(addJobset(scene, 2), { jobset: setId, by: 'anna' }),
    next: (scene) => scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' }),
  },
  importAttempts: {
    stage: (scene) => ({ jobset: setId, items: [imported(scene)] }),
    // the job was reopened, and a node is at work on it, when the bundle is imported again
    next(scene) {
      scene.place()
      scene.run('reopen', { jobset: setId, jobs: ['job_0'], by: 'anna' })
      again(scene, 1)
    },
  },
  inventory: {
    stage(scene) {
      const attempt = running(scene)
      scene.run('lose', { attempts: [attempt], reason: 'silent' })
      return { node: node('a'), held: [{ attempt, state: 'running', build: false }] }
    },
    next: (scene, { held: [item] }) => scene.run('finish', { items: [finished(item?.attempt ?? '', 'a')] }),
  },
  keepSetting: {
    stage: () => ({ key: 'k', value: 'v' }),
    next: (scene) => scene.run('keepSetting', { key: 'k', value: 'other' }),
    first: true,
  },
  lose: { stage: (scene) => ({ attempts: [running(scene)], reason: 'silent' }), next: (scene) => again(scene, 1) },
  nodeGone: {
    stage: (scene) => after(addJobset(scene, 1), { node: node('a'), reason: 'left' }),
    next: (scene) => scene.run('nodeSeen', seen),
    tells: true,
  },
  nodeSeen: { stage: (scene) => after(addJobset(scene, 1), seen), tells: true },
  orderBuild: {
    stage: (scene) => after(addJobset(scene, 1), { id: 'build', jobset: setId, node: node('a'), place: 0, grant: oneCore }),
    next: (scene) => scene.run('finishBuild', { items: [finished('build', 'a')] }),
    first: true,
  },
  pauseNode: {
    stage: (scene) => after(addJobset(scene, 1), { node: node('a'), by: 'root', until: null }),
    next: (scene) => scene.run('nodeGone', { node: node('a'), reason: 'left' }),
  },
  placed: {
    stage: (scene) =>
      after(scene.run('finish', { items: [finished(running(scene), 'a')] }), { items: [{ table: 'attempt', id: idOf(scene) }] }),
    // removed by retention meanwhile
    next(scene, { items: [item] }) {
      scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' })
      const items = [{ kind: 'attempt', id: item?.id ?? '' }] as const
      scene.run('removeResults', { items, onlyBeside: false })
      scene.run('resultsRemoved', { items })
    },
  },
  prioritise: {
    stage: (scene) => after(addJobset(scene, 2), { jobset: setId, priority: 5, by: 'anna' }),
    next: (scene) => scene.run('cancel', { jobset: setId, jobs: null, by: 'anna' }),
  },
  putDraftJobs: {
    stage: (scene) => after(openDraft(scene), slice),
    next: (scene) =>
      after(
        scene.run('addBlobs', { blobs: [{ sha256: sha(1), size: 3 }] }),
        scene.run('commitDraft', { draft, by: null, uid: 'f'.repeat(16) }),
      ),
  },
  release: {
    stage(scene) {
      addJobset(scene, 2)
      scene.run('hold', { jobset: setId, by: 'anna' })
      scene.db.prepare('UPDATE job SET not_before = 7 WHERE id = 2').run()
      return { jobset: setId, jobs: null, by: 'anna' }
    },
    next: (scene) => again(scene, 2),
  },
  removeResults: {
    stage: (scene) => ({ items: [{ kind: 'attempt', id: over(scene) }], onlyBeside: false }),
    next: (scene, { items }) => scene.run('resultsRemoved', { items }),
  },
  reopen: {
    stage: (scene) => after(over(scene, failed), { jobset: setId, jobs: null, by: 'anna' }),
    next: (scene) => scene.run('finish', { items: [finished(again(scene, 1), 'b')] }),
  },
  replaceToken: { stage: () => token, first: true, tells: true },
  restored: {
    stage: () => ({ id: 'backup', takenAt: 1 }),
    next: (scene) => scene.run('keepSetting', { key: 'k', value: 'v' }),
    first: true,
  },
  resultsRemoved: {
    stage(scene) {
      const items = [{ kind: 'attempt', id: over(scene, failed) }] as const
      scene.run('removeResults', { items, onlyBeside: false })
      return { items }
    },
    next(scene) {
      scene.run('reopen', { jobset: setId, jobs: null, by: 'anna' })
      scene.run('finish', { items: [finished(again(scene, 1), 'b')] })
    },
  },
  resumeNode: {
    stage(scene) {
      addJobset(scene, 1)
      scene.run('pauseNode', { node: node('a'), by: 'root', until: null })
      return { node: node('a'), by: 'root' }
    },
    next: (scene) => scene.run('nodeSeen', seen),
  },
  revokeToken: { stage: (scene) => after(scene.run('createToken', { ...token, by: 'root' }), { id: 'token', by: 'root' }) },
  startBuild: {
    stage: (scene) => ({ id: build(scene), node: 'a', at: 5 }),
    next: (scene) => scene.run('finishBuild', { items: [finished('build', 'a')] }),
  },
  started: {
    stage(scene) {
      const [job] = addJobset(scene, 1)
      const attempt = 'd'.repeat(32) as AttemptId
      scene.run('claim', { items: [{ attempt, job: job as JobId, node: node('a'), grant: oneCore }] })
      return { items: [{ attempt, node: 'a', at: 1000 }] }
    },
    next(scene, { items: [item] }) {
      scene.run('lose', { attempts: [item?.attempt ?? ''], reason: 'silent' })
    },
  },
  trimEvents: { stage: (scene) => after(over(scene), { before: 0, keep: 3, limit: 1000 }) },
}
