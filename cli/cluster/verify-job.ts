// What one job of a bundle left, compared with its manifest: every file hashed, nothing missing, nothing changed, nothing added.
// Used by `dist import`.
import { lstatSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { sha256, sha256File, sha256FileSync } from '../../shared/files/digest.ts'
import { linkStaysInside, pathProblem } from '../../shared/files/safe-path.ts'
import { walkFolder } from '../../shared/files/walk.ts'
import type { Sha256 } from '../../shared/model/ids.ts'
import type { FileEntry, Manifest, ManifestEntry } from '../../shared/model/manifest.ts'
import type { SaveRules } from '../../shared/model/options.ts'
import type { Outcome } from '../../shared/model/outcome.ts'
import { outputNameFor } from '../../shared/run/output-name.ts'
import { applySaveRules } from '../../shared/run/save-rules.ts'
import { type Listed, readManifest, readStatus, type Status } from './manifest-text.ts'

export type Verified =
  /** not run yet, running, or cancelled: it may still come */
  | { readonly kind: 'open'; readonly why: string }
  | { readonly kind: 'damaged'; readonly problems: readonly string[] }
  | { readonly kind: 'whole'; readonly result: JobResult }

/** How a job can end on a cluster. */
export type Ended = Extract<Outcome, { kind: 'succeeded' | 'failed' | 'timeout' | 'build_failed' | 'stage_failed' }>

export interface JobResult {
  readonly status: Status
  /** the same bytes, the same text */
  readonly statusText: string
  readonly outcome: Ended
  readonly manifest: Manifest
  /** path in the manifest -> file on this machine */
  readonly sources: ReadonlyMap<string, string>
  readonly notices: readonly string[]
}

const syncLimit = 1 << 20
const mostProblems = 5
const printed = 'stdout.txt'

/** `folder`: the job's, absolute. */
export async function verifyJob(folder: string, rules: SaveRules, signal: AbortSignal): Promise<Verified> {
  const statusText = textOf(join(folder, 'status'))
  if (statusText === null) return { kind: 'open', why: 'it has not ended' }
  const status = readStatus(statusText)
  if (status === null) return damaged('status is not whole')
  const outcome = outcomeOf(status)
  if (outcome === null) return { kind: 'open', why: status.reason === '' ? status.outcome : `${status.outcome}: ${status.reason}` }
  const text = textOf(join(folder, 'manifest'))
  if (text === null) return damaged('its manifest is missing')
  const listed = sha256(text) === status.manifest ? readManifest(text) : null
  if (listed === null) return damaged('its manifest is not the one that was written')
  const problems = await compare(folder, listed, signal)
  if (problems.length > 0) return { kind: 'damaged', problems }
  return { kind: 'whole', result: { status, statusText, outcome, ...(await asResult(folder, listed, rules, outcome)) } }
}

function damaged(problem: string): Verified {
  return { kind: 'damaged', problems: [problem] }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

async function compare(folder: string, listed: ReadonlyMap<string, Listed>, signal: AbortSignal): Promise<string[]> {
  const problems: string[] = []
  const seen = new Set<string>()
  const look = async (path: string, kind: Listed['kind'], size: number, target: string | null): Promise<void> => {
    seen.add(path)
    const entry = listed.get(path)
    if (entry === undefined) problems.push(`${path} is not in its manifest`)
    else if (entry.kind !== kind || (entry.kind === 'link' && entry.target !== target)) problems.push(`${path} is another kind of file now`)
    else if (entry.kind === 'file' && (entry.size !== size || (await digest(join(folder, path), size, signal)) !== entry.sha256))
      problems.push(`${path} is not what was written (SHA-256 differs)`)
  }
  if (lstatSync(join(folder, 'output'), { throwIfNoEntry: false })?.isDirectory() === true) {
    for (const entry of walkFolder(join(folder, 'output'))) {
      if (entry.kind === 'folder' && !entry.empty) continue
      await look(`output/${entry.path}`, entry.kind, entry.size, entry.kind === 'link' ? entry.target : null)
      if (problems.length >= mostProblems) return problems
    }
  }
  const stdout = lstatSync(join(folder, printed), { throwIfNoEntry: false })
  if (stdout?.isFile() === true) await look(printed, 'file', stdout.size, null)
  for (const [path, { kind }] of listed) {
    // the folder itself stands for "nothing was saved"; what was no file did not have to come along
    if (seen.has(path) || path === 'output' || kind === 'other') continue
    problems.push(`${path} is missing`)
    if (problems.length >= mostProblems) break
  }
  return problems
}

async function digest(path: string, size: number, signal: AbortSignal): Promise<Sha256> {
  return size > syncLimit ? (await sha256File(path, signal)).sha256 : sha256FileSync(path).sha256
}

/** Named as on a node: what was saved at the top, what was printed beside it. */
async function asResult(
  folder: string,
  listed: ReadonlyMap<string, Listed>,
  rules: SaveRules,
  outcome: Outcome,
): Promise<Pick<JobResult, 'manifest' | 'sources' | 'notices'>> {
  const notices: string[] = []
  const files: FileEntry[] = []
  const folders: string[] = []
  const links: Extract<ManifestEntry, { kind: 'link' }>[] = []
  for (const entry of listed.values()) {
    if (!entry.path.startsWith('output/')) continue
    const path = entry.path.slice('output/'.length)
    const problem = entry.kind === 'other' ? 'it is no file, folder or link' : pathProblem(path)
    if (problem !== null) notices.push(`${JSON.stringify(path.slice(0, 200))} was not saved: ${problem}`)
    else if (entry.kind === 'file') files.push({ ...entry, path, sha256: entry.sha256 as Sha256 })
    else if (entry.kind === 'folder') folders.push(path)
    else if (entry.kind === 'link' && linkStaysInside(path, entry.target)) links.push({ kind: 'link', path, target: entry.target })
    else if (entry.kind === 'link')
      notices.push(`${path} was not saved: it is a link that leads out of distribute_save (${entry.target.slice(0, 200)})`)
  }
  const kept = await applySaveRules(rules, { files, folders, links }, outcome.kind === 'succeeded')
  notices.push(...kept.notices)
  const { name, notice } = outputNameFor([...kept.files, ...kept.links].map((entry) => entry.path).concat(kept.folders))
  if (notice !== null) notices.push(notice)
  const sources = new Map(kept.files.map((file) => [file.path, join(folder, 'output', file.path)]))
  const manifest: ManifestEntry[] = []
  const stdout = listed.get(printed)
  if (stdout?.kind === 'file') {
    manifest.push({ ...stdout, path: name, sha256: stdout.sha256 as Sha256 })
    sources.set(name, join(folder, printed))
  }
  manifest.push(...kept.files, ...kept.folders.map((path) => ({ kind: 'folder', path }) as const), ...kept.links)
  return { manifest, sources, notices }
}

/** Null for what is no end: cancelled by somebody, skipped, or something that we do not know. */
function outcomeOf({ outcome, exit, reason }: Status): Ended | null {
  switch (outcome) {
    case 'succeeded':
    case 'timeout':
      return { kind: outcome }
    case 'build_failed':
    case 'stage_failed':
      return { kind: outcome, reason }
    case 'failed': {
      const signal = exit > 128 ? Object.entries(constants.signals).find(([, number]) => number === exit - 128)?.[0] : undefined
      return { kind: 'failed', exitCode: signal === undefined ? exit : null, signal: signal ?? null }
    }
    default:
      return null
  }
}
