// Schemas of what jobs and trials are made of: files by content, scheduler fields, options.
import { z } from 'zod'
import { retryClasses } from '../model/options.ts'

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const bytes = z.int().min(0)

export const inputFile = z.object({ name: z.string().min(1).max(1024), sha256, size: bytes, mode: z.int().min(0).max(0o777) })
export const slurm = z.record(z.string(), z.union([z.string(), z.number()])).nullable()
const demand = z.object({
  cores: z.union([z.literal('all'), z.object({ min: z.int().min(1), max: z.int().min(1) })]),
  memory: bytes.nullable(),
  gpus: z.int().min(0),
  disk: bytes.nullable(),
})
export const jobOptions = z.object({
  demand,
  timeLimit: z.number().min(1).nullable(),
  retries: z.object({ max: z.int().min(0).max(1000), on: z.array(z.enum(retryClasses)), backoff: z.number().min(0) }),
  args: z.array(z.string().max(100_000)).max(10_000),
  env: z.record(z.string().max(1000), z.string().max(100_000)),
  params: z.record(z.string().max(1000), z.json()),
  save: z.object({ onlyOn: z.literal('success').nullable(), exclude: z.array(z.string().max(1000)).max(1000), maxSize: bytes.nullable() }),
  nice: z.int().min(0).max(19),
})
