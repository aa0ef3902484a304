// What an attempt left in its folder (attempts/<id>/stdout.txt, save/): small enough to ride in the message, or a
// parcel, manifest and sources, that is shipped over HTTP (node.md 5, 6).
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { sha256, sha256File, sha256FileSync } from '../../shared/files/digest.ts'
import { linkStaysInside, pathProblem } from '../../shared/files/safe-path.ts'
import { walkFolder } from '../../shared/files/walk.ts'
import type { Manifest, ManifestEntry } from '../../shared/model/manifest.ts'
import type { TrialResult } from '../../shared/model/trial.ts'
import { outputNameFor } from '../../shared/run/output-name.ts'
import { applySaveRules } from '../../shared/run/save-rules.ts'
import { outcomeOf } from '../core/wait-status.ts'
import type { Exit, Left } from '../core/work.ts'
import { readFrames } from '../launcher/frames-file.ts'
import { judge, type Source } from './judge.ts'
import { outputParts } from './metric-output.ts'
import { readSaveRules } from './save-rules.ts'
import { readTrialNote } from './trial-note.ts'
import { readVerdict } from './trial-probe.ts'

/** Results up to these ride in the finish message. */
const smallBytes = 16 * 1024
const smallFiles = 64
const syncLimit = 1 << 20
const outputName = 'stdout.txt'
/** More would not fit into a message of the session. */
const mostNotices = 100

export interface Parcel {
  readonly manifest: Manifest
  readonly sources: ReadonlyMap<string, Source>
}

export interface Collected {
  readonly left: Left
  /** for a large body: where the bytes of its manifest's files are */
  readonly parcel: Parcel | null
}

interface Found {
  readonly path: string
  readonly size: number
  readonly mode: number
  readonly source: Source
}

/** Looks at everything; refuses by name what cannot be shipped. Throws only for an abort. */
export async function collect(attemptFolder: string, exit: Exit, signal: AbortSignal): Promise<Collected> {
  const notices = [...exit.notices]
  const output = outputSource(attemptFolder, exit)
  let files: readonly Found[]
  let folders: readonly string[]
  let links: readonly ManifestEntry[] = []
  if (exit.files !== null) {
    files = exit.files.map((file) => {
      const data = Buffer.from(file.data)
      return { path: file.path, size: data.length, mode: file.mode, source: { kind: 'data', data } }
    })
    folders = exit.folders
  } else ({ files, folders, links } = lookInto(join(attemptFolder, 'save'), notices))
  const outcome = outcomeOf(exit.status, exit.why, exit.outOfMemory)
  const note = readTrialNote(attemptFolder)
  const frames = note === null ? [] : readFrames(attemptFolder)
  const remains = { outcome, frames, output: outputParts(attemptFolder, output.source), files }
  const trial = note === null ? null : await judge(note, { ...remains, broken: readVerdict(attemptFolder) })
  if (note !== null) files = withMessage(files, note.trial.label, frames.find((text) => text === trial?.report?.text) ?? frames[0])
  const rules = readSaveRules(attemptFolder)
  let problem: string | null = null
  if (rules !== null) {
    const succeeded = trial === null ? outcome.kind === 'succeeded' : trial.end.kind === 'reported'
    const applied = await applySaveRules(rules, { files, folders, links }, succeeded)
    ;({ files, folders, links, problem } = applied)
    notices.push(...applied.notices)
  }

  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  if (links.length === 0 && output.size <= smallBytes && bytes <= smallBytes && files.length + folders.length <= smallFiles) {
    const saved = readable(files, notices)
    const body = { kind: 'small', output: bytesOf(output.source), files: saved, folders } as const
    return { left: { body, notices: bounded(notices), problem, trial: warned(trial, problem) }, parcel: null }
  }
  const parcel = await makeParcel(output, files, folders, links, notices, signal)
  return { left: { body: { kind: 'large' }, notices: bounded(notices), problem, trial: warned(trial, problem) }, parcel }
}

/** What came over a connection, where batchtools leaves it when it goes by files. */
function withMessage(files: readonly Found[], label: string, text: string | undefined): readonly Found[] {
  const path = `${label}.out`
  if (text === undefined || files.some((file) => file.path === path)) return files
  const data = Buffer.from(text)
  return [...files, { path, size: data.length, mode: 0o644, source: { kind: 'data', data } }]
}

/** A report stands, whatever could not be kept beside it. */
function warned(trial: TrialResult | null, problem: string | null): TrialResult | null {
  if (trial?.end.kind !== 'reported' || problem === null) return trial
  const warning = trial.end.warning === null ? problem : `${trial.end.warning}; ${problem}`
  return { ...trial, end: { ...trial.end, warning } }
}

function bounded(notices: readonly string[]): readonly string[] {
  const rest = notices.length - mostNotices
  return rest <= 0 ? notices : [...notices.slice(0, mostNotices), `… and ${rest} more of the same kind`]
}

function outputSource(attemptFolder: string, exit: Exit): Found {
  if (exit.output !== null) {
    const data = Buffer.from(exit.output)
    return { path: outputName, size: data.length, mode: 0o644, source: { kind: 'data', data } }
  }
  // a long one was cut when the attempt ended; the whole one beside it has a hole
  const cut = join(attemptFolder, 'stdout.cut.txt')
  const path = existsSync(cut) ? cut : join(attemptFolder, outputName)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) return { path: outputName, size: 0, mode: 0o644, source: { kind: 'data', data: Buffer.alloc(0) } }
  return { path: outputName, size, mode: 0o644, source: { kind: 'path', path } }
}

function lookInto(root: string, notices: string[]): { files: Found[]; folders: string[]; links: ManifestEntry[] } {
  const files: Found[] = []
  const folders: string[] = []
  const links: ManifestEntry[] = []
  const found = { files, folders, links }
  if (statSync(root, { throwIfNoEntry: false }) === undefined) return found
  for (const entry of walkFolder(root)) {
    const problem = pathProblem(entry.path)
    if (problem !== null) {
      notices.push(`${JSON.stringify(entry.path.slice(0, 200))} was not saved: ${problem}`)
      continue
    }
    switch (entry.kind) {
      case 'file':
        files.push({ path: entry.path, size: entry.size, mode: entry.mode, source: { kind: 'path', path: entry.absolute } })
        break
      case 'folder':
        if (entry.empty) folders.push(entry.path)
        break
      case 'link':
        if (linkStaysInside(entry.path, entry.target)) {
          links.push({ kind: 'link', path: entry.path, target: entry.target })
        } else notices.push(`${entry.path} was not saved: it is a link that leads out of distribute_save (${entry.target.slice(0, 200)})`)
        break
      case 'other':
        notices.push(`${entry.path} was not saved: ${entry.problem === undefined ? 'it is no file, folder or link' : entry.problem}`)
    }
  }
  return found
}

function readable(files: readonly Found[], notices: string[]): { path: string; mode: number; data: Buffer }[] {
  return files.flatMap((file) => {
    try {
      return [{ path: file.path, mode: file.mode, data: bytesOf(file.source) }]
    } catch (error) {
      notices.push(unreadable(file.path, error))
      return []
    }
  })
}

async function makeParcel(
  output: Found,
  files: readonly Found[],
  folders: readonly string[],
  links: readonly ManifestEntry[],
  notices: string[],
  signal: AbortSignal,
): Promise<Parcel> {
  const { name, notice } = outputNameFor([...[...files, ...links].map((entry) => entry.path), ...folders])
  if (notice !== null) notices.push(notice)
  const manifest: ManifestEntry[] = []
  const sources = new Map<string, Source>()
  for (const file of [{ ...output, path: name }, ...files]) {
    signal.throwIfAborted()
    try {
      const { sha256, size } = await digest(file, signal)
      manifest.push({ kind: 'file', path: file.path, size, mode: file.mode, sha256 })
      sources.set(file.path, file.source)
    } catch (error) {
      signal.throwIfAborted()
      notices.push(unreadable(file.path, error))
    }
  }
  for (const path of folders) manifest.push({ kind: 'folder', path })
  return { manifest: [...manifest, ...links], sources }
}

async function digest(file: Found, signal: AbortSignal): Promise<{ sha256: ReturnType<typeof sha256>; size: number }> {
  if (file.source.kind === 'data') return { sha256: sha256(file.source.data), size: file.source.data.length }
  return file.size > syncLimit ? await sha256File(file.source.path, signal) : sha256FileSync(file.source.path)
}

function bytesOf(source: Source): Buffer {
  return source.kind === 'data' ? source.data : readFileSync(source.path)
}

function unreadable(path: string, error: unknown): string {
  return `${path} was not saved: ${error instanceof DistError ? error.message : errorMessage(error)}`
}
