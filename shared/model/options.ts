// What may be said for a jobset or for one job (jobset.md, Optional), compiled: ms, bytes, numbers.
import { type Demand, wholeNode } from './resources.ts'

/** Ends of an attempt that may be tried again. `exit` = any non-zero exit or signal. */
export const retryClasses = ['exit', 'timeout', 'oom', 'lost'] as const
export type RetryClass = (typeof retryClasses)[number]

export interface Retries {
  /** tries beyond the first, for the classes in `on`; `lost` alone has 5 unless `on` names it */
  readonly max: number
  readonly on: readonly RetryClass[]
  /** ms before the next try; doubles each time */
  readonly backoff: number
}

export interface SaveRules {
  /** ship distribute_save only when the job succeeded */
  readonly onlyOn: 'success' | null
  /** patterns of paths that are left out, `*` and `?` within a name, `**` across folders */
  readonly exclude: readonly string[]
  /** bytes; more is an error that names the size */
  readonly maxSize: number | null
}

/** A parameter's value, as JSON has it. */
export type ParamValue = string | number | boolean | null | readonly ParamValue[] | { readonly [key: string]: ParamValue }

export interface JobOptions {
  readonly demand: Demand
  /** ms; null = none */
  readonly timeLimit: number | null
  readonly retries: Retries
  /** after the core count in argv */
  readonly args: readonly string[]
  /** added environment */
  readonly env: Readonly<Record<string, string>>
  /** written to `input/params.json` and `DIST_PARAM_*`; empty = none */
  readonly params: Readonly<Record<string, ParamValue>>
  readonly save: SaveRules
  /** 0..19 */
  readonly nice: number
}

export const defaultOptions: JobOptions = {
  demand: wholeNode,
  timeLimit: null,
  retries: { max: 0, on: [], backoff: 10_000 },
  args: [],
  env: {},
  params: {},
  save: { onlyOn: null, exclude: [], maxSize: null },
  nice: 0,
}
