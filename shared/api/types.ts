// Names for the shapes that programs handle, inferred from the schemas.
import type { z } from 'zod'
import type * as shape from './shapes.ts'
import type * as control from './shapes-control.ts'
import type * as drafts from './shapes-drafts.ts'
import type * as imports from './shapes-imports.ts'
import type * as searches from './shapes-searches.ts'

export type JobsetReply = z.infer<typeof shape.jobsetReply>
export type JobReply = z.infer<typeof shape.jobReply>
export type NodeReply = z.infer<typeof shape.nodeReply>
export type BuildReply = z.infer<typeof shape.buildReply>
export type StatusReply = z.infer<typeof shape.statusReply>
export type TokenReply = z.infer<typeof shape.tokenReply>
export type KillReply = z.infer<typeof shape.killReply>
export type ResultReply = z.infer<typeof shape.resultReply>
export type KeptAttemptReply = z.infer<typeof shape.attemptReply>
export type SessionReply = z.infer<typeof shape.sessionReply>
export type InviteReply = z.infer<typeof shape.inviteReply>
export type NewTokenReply = z.infer<typeof shape.createTokenReply>
export type DraftReply = z.infer<typeof drafts.draftReply>
export type MissingReply = z.infer<typeof drafts.missingReply>
export type BlobStateReply = z.infer<typeof drafts.putBlobReply>
export type CommitReply = z.infer<typeof drafts.commitDraftReply>
export type PriorityReply = z.infer<typeof control.priorityReply>
export type HoldReply = z.infer<typeof control.holdReply>
export type ReleaseReply = z.infer<typeof control.releaseReply>
export type PauseReply = z.infer<typeof control.pauseReply>
export type ResumeReply = z.infer<typeof control.resumeReply>
export type ClearReply = z.infer<typeof control.clearReply>
export type AttemptReply = z.infer<typeof control.attemptReply>
export type ImportItem = z.infer<typeof imports.importItem>
export type ImportReply = z.infer<typeof imports.importReply>
export type SearchReply = z.infer<typeof searches.searchReply>
export type TrialReply = z.infer<typeof searches.trialReply>
export type TrialsReply = z.infer<typeof searches.trialsReply>
