// How a trial ended, from what its attempt left: files, output and what came over its connections. Called by collect.ts, before
// rules about saving take anything away.
import { readFileSync } from 'node:fs'
import type { Outcome } from '../../shared/model/outcome.ts'
import type { TrialResult } from '../../shared/model/trial.ts'
import { parseReport, type Report } from '../../shared/trial/report.ts'
import { answerFiles } from '../../shared/trial/talk-back.ts'
import { judgeTrial } from '../../shared/trial/trial-end.ts'
import { metricsIn, type OutputPart } from './metric-output.ts'
import type { TrialNote } from './trial-note.ts'

/** Where bytes are. */
export type Source = { readonly kind: 'path'; readonly path: string } | { readonly kind: 'data'; readonly data: Buffer }

/** What was found of an attempt. */
export interface Remains {
  readonly outcome: Outcome
  /** what came over connections, in order */
  readonly frames: readonly string[]
  /** nothing was run: batchtools cannot work in this environment */
  readonly broken: TrialResult['broken']
  /** all that can be read of the output */
  readonly output: readonly OutputPart[]
  /** of distribute_save */
  readonly files: readonly { readonly path: string; readonly size: number; readonly source: Source }[]
}

/** A longer file is no report. */
const longestReport = 64 << 20
/** bytes of a report's text that go to the head: a message of the session holds 4 MiB */
const longestText = 512 << 10
/** characters of a sentence that go there */
const longestSentence = 2000
/** bytes of the whole answer: what JSON has to escape grows */
const longestResult = 2 << 20

/** An answer that fits into a message of the session: one that does not would end every session in which it is told. */
export async function judge(note: TrialNote, remains: Remains): Promise<TrialResult> {
  const { end, report, broken } = await judged(note, remains)
  const result: TrialResult = {
    end: end.kind === 'reported' ? { ...end, warning: end.warning && cut(end.warning) } : { ...end, reason: cut(end.reason) },
    report,
    broken: broken && { message: cut(broken.message), hint: cut(broken.hint) },
  }
  return Buffer.byteLength(JSON.stringify(result)) <= longestResult ? result : { ...result, report: null }
}

async function judged({ trial, metrics }: TrialNote, remains: Remains): Promise<TrialResult> {
  const { frames, broken } = remains
  if (broken !== null) return { end: { kind: 'failed', reason: broken.message, retry: null }, report: null, broken }
  const file = fileReport(trial.label, remains)
  const results = contentOf('results.json', remains)
  const lines = await metricsIn(remains.output)
  const others = [file, results === null ? null : parseReport('results', results), lines].filter((report) => report !== null)
  const reports = [...frames.map((text) => parseReport('frame', text)), ...others]
  const { end, report } = judgeTrial({ outcome: remains.outcome, reports, params: trial.params, metrics })
  return { end, report: report === null ? null : { source: report.source, text: bounded(report) }, broken: null }
}

/** `<label>.out`: of the files of batchtools, or of a script that could not connect. Empty, it was only touched. */
function fileReport(label: string, remains: Remains): Report | null {
  const { message, signal } = answerFiles({ folder: '', label })
  const text = contentOf(message.slice(1), remains)
  if (text === null) return null
  const complete = remains.files.some(({ path }) => path === signal.slice(1))
  return complete || text.trim() !== '' ? parseReport('file', text) : null
}

function contentOf(path: string, { files }: Remains): string | null {
  const file = files.find((one) => one.path === path)
  if (file === undefined || file.size > longestReport) return null
  try {
    return (file.source.kind === 'data' ? file.source.data : readFileSync(file.source.path)).toString('utf8')
  } catch {
    // the notice about a file that cannot be read is made where it is saved
    return null
  }
}

function cut(sentence: string): string {
  return sentence.length <= longestSentence ? sentence : `${sentence.slice(0, longestSentence - 1)}…`
}

/** The text as it came; of one that is too long, what a table can show of it. */
function bounded({ text, data }: Report): string {
  if (Buffer.byteLength(text) <= longestText) return text
  const short = Object.entries(data).filter(([key, value]) => typeof value !== 'object' && key.length + String(value).length <= 200)
  return JSON.stringify(Object.fromEntries(short.slice(0, 500)))
}
