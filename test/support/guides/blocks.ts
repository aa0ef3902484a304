// The fenced blocks of a guide, and what their first line says about them. Pure; run-guide.ts runs them.
//
//   ```sh                        commands, typed as they stand
//   ```sh role=head              on another machine than the reader's own
//   ```sh status=2               its last line ends with this exit status
//   ```sh background             goes on while what follows is done; the text block below is waited for
//   ```sh interrupt              a line "Ctrl-C": ends what was started last and goes on
//   ```sh no-test="why"          cannot run in a test
//   ```yaml file=jobs.yaml       a file, in any language
//   ```text                      below commands: lines that they print; … stands for anything
export interface Block {
  /** line of the opening fence, from 1 */
  readonly line: number
  readonly language: string
  /** words of the opening fence after the language; '' for one without a value */
  readonly words: Readonly<Record<string, string>>
  readonly text: string
}

/** What a guide has, in its order. */
export type Step =
  | { readonly kind: 'file'; readonly line: number; readonly role: string; readonly path: string; readonly text: string }
  | { readonly kind: 'skip'; readonly line: number; readonly reason: string }
  | ({ readonly kind: 'run' | 'background' | 'interrupt' } & Commands)

export interface Commands {
  readonly line: number
  /** '' for the reader's own machine */
  readonly role: string
  readonly commands: string
  readonly status: number
  /** lines of the text block below, null without one */
  readonly shown: readonly string[] | null
}

const known: ReadonlySet<string> = new Set(['role', 'status', 'background', 'interrupt', 'no-test', 'file'])

/** All fenced blocks. Throws for what would hide commands from the test: indented code, a fence that is never closed. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = []
  const lines = markdown.split('\n')
  let open: { line: number; fence: string; info: string; text: string[] } | null = null
  let inParagraph = false
  for (const [index, line] of lines.entries()) {
    if (open !== null) {
      if (line.trim() === open.fence) {
        blocks.push({ line: open.line, ...infoOf(open.info, open.line), text: `${open.text.join('\n')}\n` })
        open = null
      } else open.text.push(line)
      continue
    }
    const fence = /^\s*(```+|~~~+)(.*)$/.exec(line)
    if (fence !== null) open = { line: index + 1, fence: fence[1] ?? '', info: fence[2] ?? '', text: [] }
    else if (/^( {4}|\t)\S/.test(line) && !inParagraph) throw new Error(`line ${index + 1}: indented code; put it into a fence`)
    inParagraph = fence === null && line.trim() !== ''
  }
  if (open !== null) throw new Error(`line ${open.line}: this fence is never closed`)
  return blocks
}

function infoOf(info: string, line: number): Pick<Block, 'language' | 'words'> {
  const [language = '', ...rest] = [...info.trim().matchAll(/[\w-]+=(?:"[^"]*"|\S+)|\S+/g)].map(([word]) => word)
  const words: Record<string, string> = {}
  for (const word of rest) {
    const [, name = '', value = ''] = /^([\w-]+)(?:=(.*))?$/.exec(word) ?? []
    if (!known.has(name)) throw new Error(`line ${line}: '${word}' means nothing here`)
    words[name] = value.replace(/^"(.*)"$/, '$1')
  }
  return { language, words }
}

/** The blocks as steps. Throws for a block of commands that no test would see. */
export function stepsOf(markdown: string): readonly Step[] {
  const blocks = blocksOf(markdown)
  return blocks.flatMap((block, index): readonly Step[] => {
    const { line, language, words, text } = block
    if (words['file'] !== undefined) return [{ kind: 'file', line, role: words['role'] ?? '', path: words['file'], text }]
    if (language !== 'sh') {
      if (['', 'bash', 'shell', 'console', 'zsh'].includes(language)) throw new Error(`line ${line}: call it sh, text, or what it is`)
      return []
    }
    const reason = words['no-test']
    if (reason !== undefined) {
      if (reason.length < 10) throw new Error(`line ${line}: no-test wants a reason`)
      return [{ kind: 'skip', line, reason }]
    }
    const below = blocks[index + 1]
    const shown = below !== undefined && below.language === 'text' && below.words['file'] === undefined ? linesOf(below.text) : null
    const kind = 'background' in words ? 'background' : 'interrupt' in words ? 'interrupt' : 'run'
    if (kind === 'background' && shown === null) throw new Error(`line ${line}: a text block below must show what is waited for`)
    return [{ kind, line, role: words['role'] ?? '', commands: text, status: Number(words['status'] ?? 0), shown }]
  })
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.replaceAll('…', '').trim() !== '')

/**
 * The first line that the output does not have, null when all are there in this order. Blanks at the ends and how many there
 * are between words do not matter; … stands for anything within a line.
 */
export function firstMissing(shown: readonly string[], output: string): string | null {
  const squeeze = (line: string): string => line.trim().replace(/\s+/g, ' ')
  const printed = output.split(/[\r\n]+/).map(squeeze)
  let from = 0
  for (const line of shown) {
    const parts = squeeze(line).split(/ ?… ?/)
    const pattern = new RegExp(`^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('.*')}$`)
    const at = printed.findIndex((candidate, index) => index >= from && pattern.test(candidate))
    if (at < 0) return line
    from = at + 1
  }
  return null
}
