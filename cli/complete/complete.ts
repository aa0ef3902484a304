// `dist __complete SHELL WORDS…`: what could stand at the cursor, one candidate a line. Called by the scripts of scripts.ts at
// every press of Tab; never fails and never says anything else.
import type { Command } from 'commander'
import type { HeadFlags } from '../local/find-head.ts'
import type { Io } from '../local/io.ts'
import { readSavedHeads } from '../local/saved-heads.ts'
import { bashReply, splitBashLine } from './bash-word.ts'
import { fileNames } from './file-names.ts'
import { liveNames } from './live-names.ts'
import { type Candidate, type Wanted, wantedAt } from './wanted.ts'

/** For bash: the line up to the cursor and the piece that bash calls the word; for others: the words, the last maybe empty. */
export async function complete(io: Io, program: Command, argv: readonly string[]): Promise<number> {
  const [shell, ...rest] = argv
  const line = shell === 'bash' ? splitBashLine(rest[0] ?? '') : null
  const words = shell === 'bash' ? (line?.words.slice(1) ?? null) : rest
  if (words === null) return 0
  const found = await candidates(io, program, words).catch(() => [])
  for (const { value, text } of found) {
    if (isUnsafe(value)) continue
    if (shell !== 'bash') io.stdout.write(`${value}\t${oneTab(text)}\n`)
    else {
      const reply = bashReply(value, line?.raw ?? '', rest[1] ?? '')
      if (reply !== null) io.stdout.write(`${reply}\n`)
    }
  }
  return 0
}

async function candidates(io: Io, program: Command, words: readonly string[]): Promise<Candidate[]> {
  const typed = words.at(-1) ?? ''
  const { wanted, given } = wantedAt(program, words)
  const flags: HeadFlags = Object.fromEntries(['head', 'ip', 'port'].flatMap((name) => (given.has(name) ? [[name, given.get(name)]] : [])))
  const seen = new Set<string>()
  return (await all(io, flags, wanted)).filter(({ value }) => value.startsWith(typed) && !seen.has(value) && seen.add(value))
}

async function all(io: Io, flags: HeadFlags, wanted: Wanted): Promise<readonly Candidate[]> {
  if (wanted.kind === 'words') return wanted.words
  if (wanted.kind === 'nothing') return []
  const { what, flag, prefix, typed } = wanted
  const values = await valuesOf(io, flags, flag === '--node' ? 'node' : flag === '--head' ? 'head' : what, typed)
  return prefix === '' ? values : values.map(({ value, text }) => ({ value: prefix + value, text }))
}

async function valuesOf(io: Io, flags: HeadFlags, what: string, typed: string): Promise<Candidate[]> {
  const files = (fits: (name: string) => boolean): Candidate[] => fileNames(io.cwd, typed, fits)
  switch (what) {
    case 'jobset':
    case 'target':
      return [...(await liveNames(io, flags, what, typed)), ...files(isJobsetFile).filter(({ value }) => isJobsetFile(value))]
    case 'node':
      return liveNames(io, flags, 'node', typed)
    case 'id':
      return liveNames(io, flags, 'token', typed)
    case 'head':
      return readSavedHeads(io.env).heads.map(({ name, url }) => ({ value: name, text: url }))
    case 'file':
    case 'python':
      return files(() => true)
    case 'script':
      return files((name) => name.endsWith('.py'))
    case 'dir':
    case 'folder':
      return files(() => false)
    default:
      return []
  }
}

function isJobsetFile(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name)
}

/** A line of two words, or something for the terminal: from a head that means harm. */
function isUnsafe(value: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(value)
}

function oneTab(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
