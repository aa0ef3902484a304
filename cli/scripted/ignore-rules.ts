// .gitignore and .distignore as git reads them: which paths of a folder are not shipped with a search script. Pure.
import { compilePattern } from '../../shared/text/pattern.ts'

interface Rule {
  readonly test: (path: string) => boolean
  /** `!`: taken along after all */
  readonly keeps: boolean
  readonly foldersOnly: boolean
}

/** Rules of one file, in its order. */
export function readRules(text: string): readonly Rule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    // a blank at the end counts when there is a backslash before it
    const written = line.replace(/(?<!\\)\s+$/, '')
    if (written === '' || written.startsWith('#')) return []
    const keeps = written.startsWith('!')
    const body = (keeps ? written.slice(1) : written).replace(/^\\(?=[!#])/, '')
    const foldersOnly = body.endsWith('/')
    const pattern = foldersOnly ? body.slice(0, -1) : body
    if (pattern === '' || pattern === '/') return []
    const { test } = compilePattern(`^${pattern.includes('/') ? '' : '(?:.*/)?'}${translate(pattern.replace(/^\//, ''))}$`)
    return [{ test, keeps, foldersOnly }]
  })
}

/** Files of rules on the way down to a folder, the outermost first; `base` is the folder of each, '' for the root. */
export type Levels = readonly { readonly base: string; readonly rules: readonly Rule[] }[]

/** The last rule that says anything wins, as in git. */
export function isIgnored(levels: Levels, path: string, isFolder: boolean): boolean {
  for (const { base, rules } of levels.toReversed()) {
    const inside = base === '' ? path : path.slice(base.length + 1)
    const rule = rules.findLast(({ test, foldersOnly }) => (isFolder || !foldersOnly) && test(inside))
    if (rule !== undefined) return !rule.keeps
  }
  return false
}

/** Globs of git in the syntax of RE2: `**` crosses folders, `*` and `?` do not. */
function translate(pattern: string): string {
  return pattern.replace(/\*\*\/|\/\*\*$|\*+|\?|\[(?:!|\^)?\]?[^\]]*\]|\\.|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '/**') return '/.*'
    if (part.startsWith('*')) return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('[') && part.length > 1) return part.replace(/^\[[!^]/, '[^').replace(/\\/g, '\\\\')
    return part.startsWith('\\') && part.length === 2 ? escaped(part.slice(1)) : escaped(part)
  })
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
