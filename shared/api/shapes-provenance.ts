// Schema of what is recorded about where a jobset comes from (shared/model/submission.ts).
import { z } from 'zod'

const git = z.object({
  commit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .nullable(),
  branch: z.string().max(1000).nullable(),
  dirty: z.boolean().nullable(),
  untracked: z.int().min(0),
  remote: z.string().max(4000).nullable(),
})

export const provenance = z.object({
  user: z.string().max(200),
  host: z.string().max(300),
  version: z.string().max(100),
  git: git.nullable(),
  set: z.record(z.string().max(1000), z.json()),
  content: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})
