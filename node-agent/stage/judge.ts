// How a trial ended, from what its attempt left: files, output and what came over its connections. Called by collect.ts, before
// rules about saving take anything away.
import { readFileSync } from 'node:fs'
import type { Outcome } from '../../shared/model/outcome.ts'
import type { TrialResult } from '../../shared/model/trial.ts'
import { measure, parseReport, type Report, type ReportSource } from '../../shared/trial/report.ts'
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

/** bytes; nobody looks into a longer report: what JSON becomes takes many times as much memory */
const longestReport = 8 << 20
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
  const { broken } = remains
  if (broken !== null) return { end: { kind: 'failed', reason: broken.message, retry: null }, report: null, broken }
  let reports: readonly Report[] = []
  for await (const report of reportsOf(trial.label, remains)) {
    const complete = measure(report, metrics).kind === 'values'
    if (complete || reports.length === 0) reports = [report]
    if (complete) break
  }
  const { end, report } = judgeTrial({ outcome: remains.outcome, reports, params: trial.params, metrics })
  return { end, report: report === null ? null : { source: report.source, text: bounded(report) }, broken: null }
}

/** One after the other, in the order in which they count. */
async function* reportsOf(label: string, remains: Remains): AsyncGenerator<Report> {
  for (const text of remains.frames) {
    const bytes = Buffer.byteLength(text)
    yield bytes > longestReport ? tooLong('frame', bytes) : parseReport('frame', text)
  }
  const message = messageFile(label, remains)
  if (message !== null) yield message
  const results = fileReport('results', 'results.json', remains)
  if (results !== null) yield results
  const lines = await metricsIn(remains.output)
  if (lines !== null) yield lines
}

/** `<label>.out`: of the files of batchtools, or of a script that could not connect. Empty, it was only touched. */
function messageFile(label: string, remains: Remains): Report | null {
  const { message, signal } = answerFiles({ folder: '', label })
  const report = fileReport('file', message.slice(1), remains)
  const complete = remains.files.some(({ path }) => path === signal.slice(1))
  return complete || report?.text.trim() !== '' ? report : null
}

function fileReport(source: ReportSource, path: string, { files }: Remains): Report | null {
  const file = files.find((one) => one.path === path)
  if (file === undefined) return null
  if (file.size > longestReport) return tooLong(source, file.size)
  try {
    return parseReport(source, (file.source.kind === 'data' ? file.source.data : readFileSync(file.source.path)).toString('utf8'))
  } catch {
    // the notice about a file that cannot be read is made where it is saved
    return null
  }
}

/** All of it stays in its file. */
function tooLong(source: ReportSource, bytes: number): Report {
  const data = { _raw: `${bytes} bytes, more than the ${longestReport >> 20} MiB of a report` }
  return { source, text: JSON.stringify(data), data }
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
