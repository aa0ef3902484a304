// A trial as one line of JSON with the types intact: a float keeps its `.0`, what was sent keeps its digits.
import type { SearchReply } from '../../shared/api/types.ts'
import { floatText, paramsJson } from '../../shared/trial/value-text.ts'
import { secondsOf, type TrialRow } from './trial-row.ts'

/** With its line end. */
export function jsonLine({ trial, sent }: TrialRow, { metrics }: SearchReply): string {
  const { values } = trial
  const measured = metrics.map(({ name }, k) => {
    const value = values?.[k]
    return `${JSON.stringify(name)}:${value === undefined ? 'null' : (sent.get(name) ?? floatText(value))}`
  })
  const data = [...sent].map(([key, text]) => `${JSON.stringify(key)}:${text}`)
  const fields = [
    ['trial', trial.trial],
    ['label', trial.label],
    ['state', trial.state],
    ['params', null, trial.params === null ? 'null' : paramsJson(trial.params)],
    ['metrics', null, `{${measured.join(',')}}`],
    ['data', null, `{${data.join(',')}}`],
    ['warning', trial.warning],
    ['reason', trial.reason],
    ['node', trial.node],
    ['attempts', trial.attempts],
    ['exitCode', trial.exitCode],
    ['startedAt', trial.startedAt],
    ['finishedAt', trial.finishedAt],
    ['seconds', secondsOf(trial) ?? null],
  ] as const
  return `{${fields.map(([name, value, text]) => `"${name}":${text ?? JSON.stringify(value)}`).join(',')}}\n`
}
