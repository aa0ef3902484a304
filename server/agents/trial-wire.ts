// What a node tells of a trial, checked: a node may send anything, and numbers of it steer a search.
import { retryClasses } from '../../shared/model/options.ts'
import { type TrialEnd, type TrialResult, trialKinds } from '../../shared/model/trial.ts'
import { reportSources } from '../../shared/trial/report.ts'

/** A longer report is not kept: its metrics are in the end already. */
const mostReport = 1 << 20
const mostText = 2000
const mostValues = 100

/** Null where nothing was told, or nothing that can be used: then the outcome alone says how it ended. */
export function toTrialResult(json: string): TrialResult | null {
  const told = json === '' ? null : parse(json)
  const end = isMap(told) ? toEnd(told['end']) : null
  if (!isMap(told) || end === null) return null
  return { end, report: toReport(told['report']), broken: toBroken(told['broken']) }
}

function toEnd(value: unknown): TrialEnd | null {
  if (!isMap(value)) return null
  const kind = trialKinds.find((one) => one === value['kind'])
  if (kind === undefined) return null
  if (kind === 'reported') {
    const { values, warning } = value
    if (!Array.isArray(values) || values.length > mostValues || !values.every((one) => Number.isFinite(one))) return null
    return { kind, values: values as number[], warning: typeof warning === 'string' ? warning.slice(0, mostText) : null }
  }
  const { reason, retry } = value
  return {
    kind,
    reason: typeof reason === 'string' ? reason.slice(0, mostText) : kind,
    retry: retryClasses.find((one) => one === retry) ?? null,
  }
}

function toReport(value: unknown): TrialResult['report'] {
  if (!isMap(value) || typeof value['text'] !== 'string' || value['text'].length > mostReport) return null
  const source = reportSources.find((one) => one === value['source'])
  return source === undefined ? null : { source, text: value['text'] }
}

function toBroken(value: unknown): TrialResult['broken'] {
  if (!isMap(value) || typeof value['message'] !== 'string') return null
  return { message: value['message'].slice(0, mostText), hint: typeof value['hint'] === 'string' ? value['hint'].slice(0, mostText) : '' }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
