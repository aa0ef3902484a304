// Names for the shapes that programs handle, inferred from the schemas.
import type { z } from 'zod'
import type * as shape from './shapes.ts'

export type JobsetReply = z.infer<typeof shape.jobsetReply>
export type JobReply = z.infer<typeof shape.jobReply>
export type NodeReply = z.infer<typeof shape.nodeReply>
export type BuildReply = z.infer<typeof shape.buildReply>
export type StatusReply = z.infer<typeof shape.statusReply>
export type TokenReply = z.infer<typeof shape.tokenReply>
export type KillReply = z.infer<typeof shape.killReply>
export type ResultReply = z.infer<typeof shape.resultReply>
export type AttemptReply = z.infer<typeof shape.attemptReply>
export type SessionReply = z.infer<typeof shape.sessionReply>
export type InviteReply = z.infer<typeof shape.inviteReply>
export type NewTokenReply = z.infer<typeof shape.createTokenReply>
export type DraftReply = z.infer<typeof shape.draftReply>
export type MissingReply = z.infer<typeof shape.missingReply>
export type BlobStateReply = z.infer<typeof shape.putBlobReply>
