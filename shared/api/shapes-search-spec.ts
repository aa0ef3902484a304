// Schema of a search as it is submitted: shared/model/search.ts. What fits together is checked by the head (check-search.ts).
import { z } from 'zod'
import { commTypes, modes, nativeAlgorithms, reportGroups, suggestAlgorithms } from '../model/search.ts'
import { inputFile, jobOptions, slurm } from './shapes-inputs.ts'
import { params, value } from './shapes-values.ts'

const name = z.string().min(1).max(1000)
const command = z
  .string()
  .max(1 << 20)
  .nullable()
const count = z.int().min(1).max(1_000_000_000)
const step = z.number().gt(0).nullable()

const sequence = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('list'), values: z.array(value).min(1).max(1_000_000) }),
  z.object({ kind: z.literal('range'), start: z.int(), step: z.int(), count }),
  z.object({ kind: z.literal('arange'), start: z.number(), step: z.number(), count }),
  z.object({ kind: z.literal('linspace'), start: z.number(), stop: z.number(), count }),
  z.object({ kind: z.literal('logspace'), start: z.number(), stop: z.number(), count, base: z.number() }),
])
const domain = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('constant'), value }),
  z.object({ kind: z.literal('grid'), values: sequence }),
  z.object({ kind: z.literal('choice'), values: sequence }),
  z.object({ kind: z.literal('float'), low: z.number(), high: z.number(), log: z.boolean(), step }),
  z.object({ kind: z.literal('int'), low: z.int(), high: z.int(), log: z.boolean(), step: z.int().min(1) }),
  z.object({ kind: z.literal('normal'), mean: z.number(), sd: z.number().gt(0), step }),
])

export const searchSpec = z.object({
  label: name,
  command,
  script: inputFile.nullable(),
  setup: command,
  workdir: z.string().max(1024).nullable(),
  jobType: z.enum(['sh', 'sge', 'slurm']),
  scheduler: slurm,
  commType: z.enum(commTypes),
  params: z.array(z.object({ name, domain })).min(1).max(10_000),
  points: z.array(params).max(1_000_000),
  algorithm: z.enum([...nativeAlgorithms, ...suggestAlgorithms]),
  algorithmConfig: z.record(z.string(), z.json()),
  metrics: z.array(z.object({ name, mode: z.enum(modes) })).max(100),
  numSamples: count,
  maxConcurrent: count,
  batch: z.boolean(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .nullable(),
  onFailure: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('skip') }),
    z.object({ kind: z.literal('penalty'), value: z.number() }),
    z.object({ kind: z.literal('stop') }),
  ]),
  batchtk: z.object({ delimiter: z.enum(['auto', '*=', '=']), keys: z.array(z.tuple([name, z.enum(['folder', 'label'])])).max(100) }),
  report: z.array(z.enum(reportGroups)),
  pruneMetadata: z.boolean(),
  options: jobOptions,
})
