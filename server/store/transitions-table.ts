// Every state transition by name, and their types. The one list that writer and callers share.
import type { Transition } from './transition.ts'
import { addBlobs } from './transitions/add-blobs.ts'
import { advanceSearch } from './transitions/advance-search.ts'
import { cancel } from './transitions/cancel.ts'
import { claim } from './transitions/claim.ts'
import { clearNode } from './transitions/clear-node.ts'
import { collectBlobs } from './transitions/collect-blobs.ts'
import { commitDraft } from './transitions/commit-draft.ts'
import { createDraft } from './transitions/create-draft.ts'
import { dropDraft, dropOldDrafts } from './transitions/drop-draft.ts'
import { endJobset, failJobs } from './transitions/end-jobset.ts'
import { createInvite, enroll } from './transitions/enroll.ts'
import { finish } from './transitions/finish.ts'
import { finishBuild } from './transitions/finish-build.ts'
import { giveBack } from './transitions/give-back.ts'
import { hold } from './transitions/hold.ts'
import { importAttempts } from './transitions/import-attempts.ts'
import { inventory } from './transitions/inventory.ts'
import { keepSetting } from './transitions/keep-setting.ts'
import { lose } from './transitions/lose.ts'
import { nodeGone, nodeSeen } from './transitions/node-seen.ts'
import { dropBuilds, orderBuild, startBuild } from './transitions/order-build.ts'
import { pauseNode, resumeNode } from './transitions/pause-node.ts'
import { placed } from './transitions/placed.ts'
import { prioritise } from './transitions/prioritise.ts'
import { putDraftJobs } from './transitions/put-draft-jobs.ts'
import { release } from './transitions/release.ts'
import { removeResults, resultsRemoved } from './transitions/remove-results.ts'
import { reopen } from './transitions/reopen.ts'
import { restored } from './transitions/restored.ts'
import { started } from './transitions/started.ts'
import { createToken, replaceToken, revokeToken } from './transitions/tokens.ts'
import { trimEvents } from './transitions/trim-events.ts'

export const transitions = {
  addBlobs,
  advanceSearch,
  cancel,
  claim,
  clearNode,
  collectBlobs,
  commitDraft,
  createDraft,
  createInvite,
  createToken,
  dropBuilds,
  dropDraft,
  dropOldDrafts,
  endJobset,
  enroll,
  failJobs,
  finish,
  finishBuild,
  giveBack,
  hold,
  importAttempts,
  inventory,
  keepSetting,
  lose,
  nodeGone,
  nodeSeen,
  orderBuild,
  pauseNode,
  placed,
  prioritise,
  putDraftJobs,
  release,
  removeResults,
  replaceToken,
  resultsRemoved,
  resumeNode,
  revokeToken,
  reopen,
  restored,
  startBuild,
  started,
  trimEvents,
} as const

export type TransitionName = keyof typeof transitions
export type InputOf<N extends TransitionName> = (typeof transitions)[N] extends Transition<infer In, unknown> ? In : never
export type OutputOf<N extends TransitionName> = (typeof transitions)[N] extends Transition<never, infer Out> ? Out : never
