// A trial as a row of results: what the head tells of it and what it sent, and its fields by the names that people write.
import type { SearchReply, TrialReply } from '../../shared/api/types.ts'
import type { ParamValue } from '../../shared/model/options.ts'
import { plain, type Value } from '../../shared/model/value.ts'
import { sentFields, sentValue } from './sent-fields.ts'

export interface TrialRow {
  readonly trial: TrialReply
  /** by key, as JSON text */
  readonly sent: ReadonlyMap<string, string>
}

export function trialRow(trial: TrialReply): TrialRow {
  return { trial, sent: sentFields(trial.report) }
}

/** Columns that every trial has, by name. */
const own = {
  trial: ({ trial }) => trial,
  label: ({ label }) => label,
  state: ({ state }) => state,
  node: ({ node }) => node ?? undefined,
  seconds: (trial) => secondsOf(trial),
  attempts: ({ attempts }) => attempts,
  exit_code: ({ exitCode }) => exitCode ?? undefined,
  warning: ({ warning }) => warning ?? undefined,
  reason: ({ reason }) => reason ?? undefined,
} as const satisfies Readonly<Record<string, (trial: TrialReply) => ParamValue | undefined>>
type OwnName = keyof typeof own

export const ownNames = Object.keys(own) as readonly OwnName[]

export type Field = (row: TrialRow) => ParamValue | undefined

/** What a name means: a parameter, what was sent, or a column that every trial has; `config/` in front means the parameter. */
export function fieldOf(search: Pick<SearchReply, 'params' | 'metrics'>, name: string): Field {
  const param = name.startsWith('config/') ? name.slice('config/'.length) : name
  if (search.params.includes(param)) return ({ trial }) => plainOf(paramOf(trial, param))
  const metric = search.metrics.findIndex((one) => one.name === name)
  if (metric >= 0) return ({ trial }) => trial.values?.[metric]
  const ours = ownNames.find((one) => one === name)
  return (row) => {
    const given = paramOf(row.trial, param)
    if (given !== undefined) return plain(given)
    const text = row.sent.get(name)
    return text !== undefined ? sentValue(text) : ours === undefined ? undefined : own[ours](row.trial)
  }
}

/** True when the name is known before a trial was seen. */
export function isKnownField(search: Pick<SearchReply, 'params' | 'metrics'>, name: string): boolean {
  return knownNames(search).includes(name) || search.params.some((param) => name === `config/${param}`)
}

export function knownNames({ params, metrics }: Pick<SearchReply, 'params' | 'metrics'>): readonly string[] {
  return [...params, ...metrics.map(({ name }) => name), ...ownNames]
}

export function paramOf({ params }: Pick<TrialReply, 'params'>, name: string): Value | undefined {
  return params?.find(([one]) => one === name)?.[1]
}

/** Names of parameters: those of the space, then what an algorithm adds to each trial, such as a budget. */
export function paramNames({ params }: Pick<SearchReply, 'params'>, trials: Iterable<Pick<TrialReply, 'params'>>): readonly string[] {
  const names = new Set(params)
  for (const trial of trials) for (const [name] of trial.params ?? []) names.add(name)
  return [...names]
}

/** From start to end; null while it has none. */
export function secondsOf({ startedAt, finishedAt }: TrialReply): number | undefined {
  return startedAt === null || finishedAt === null ? undefined : Math.max(0, finishedAt - startedAt) / 1000
}

function plainOf(value: Value | undefined): ParamValue | undefined {
  return value === undefined ? undefined : plain(value)
}
