// Schemas of a jobset on its way in: its draft, contents that it lacks, what its commit did.
import { z } from 'zod'
import { submitModes } from '../model/submission.ts'
import { jobsetReply, jobsetSpec } from './shapes.ts'
import { sha256 } from './shapes-inputs.ts'
import { provenance } from './shapes-provenance.ts'

const count = z.int().min(0)
const bytes = z.int().min(0)

export const createDraftRequest = z.object({
  /** made by the client once per `dist add`: a resend is not a second jobset */
  requestId: z.string().regex(/^[0-9a-f]{32}$/),
  spec: jobsetSpec,
  /** 0 only with a search */
  jobCount: z.int().min(0).max(1_000_000),
  /** the file as it was written, kept with the jobset */
  text: z.string().max(256 << 20),
  /** what is done about a jobset of this name that is there; an older client means `new` */
  mode: z.enum(submitModes).default('new'),
  provenance: provenance.nullable().default(null),
})
/** `state: committed` when this request id became a jobset already; then `jobset` is it. */
export const draftReply = z.object({ draft: z.string(), state: z.enum(['open', 'committed']), jobset: z.int().nullable() })
export const putJobsReply = z.object({ jobs: count })
export const missingReply = z.object({ missing: z.array(z.object({ sha256, size: bytes, have: bytes })) })
export const putBlobsReply = z.object({ stored: count })
export const putBlobReply = z.object({ have: bytes, whole: z.boolean() })
/** `submitted`: what this submission did */
export const commitDraftReply = jobsetReply.extend({
  submitted: z.object({ kind: z.enum(['new', 'extend', 'version']), added: count, changed: count, unchanged: count }),
})
