// Capabilities: words that a node has (`gfortran`, `cuda=12.2`) and requirements of a jobset
// (`gfortran`, `cuda>=12`, `os=debian`, `!wifi`). Used by the jobset check and by the scheduler's match.

export type Operator = '=' | '!=' | '>=' | '<=' | '>' | '<'

/** A parsed requirement: `has` a word, `lacks` it, or compares its value. */
export type Requirement =
  | { readonly kind: 'has'; readonly word: string }
  | { readonly kind: 'lacks'; readonly word: string }
  | { readonly kind: 'compare'; readonly word: string; readonly op: Operator; readonly value: string }

const wordRule = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/
const compareRule = /^([A-Za-z0-9_][A-Za-z0-9_.+-]*)\s*(>=|<=|!=|=|>|<)\s*([A-Za-z0-9_.+:-]+)$/

/** Parses a requirement; null when it is none. */
export function parseRequirement(text: string): Requirement | null {
  const trimmed = text.trim()
  if (trimmed.startsWith('!')) {
    const word = trimmed.slice(1).trim()
    return wordRule.test(word) ? { kind: 'lacks', word } : null
  }
  if (wordRule.test(trimmed)) return { kind: 'has', word: trimmed }
  const match = compareRule.exec(trimmed)
  if (match === null) return null
  const [, word, op, value] = match
  return { kind: 'compare', word: word ?? '', op: op as Operator, value: value ?? '' }
}

/** True for what a node may declare: `word` or `word=value`. */
export function isDeclaration(text: string): boolean {
  const requirement = parseRequirement(text)
  return requirement !== null && (requirement.kind === 'has' || (requirement.kind === 'compare' && requirement.op === '='))
}

/** Compares `12.2` with `12.10` number by number; parts that are no numbers compare as text. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i] ?? '0'
    const y = right[i] ?? '0'
    const numeric = /^\d+$/.test(x) && /^\d+$/.test(y)
    const order = numeric ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0
    if (order !== 0) return order
  }
  return 0
}

/** True when declarations meet the requirement. A declared `gfortran=12.2` also has the word `gfortran`. */
export function meets(declared: readonly string[], requirement: Requirement): boolean {
  const values: string[] = []
  let present = false
  for (const item of declared) {
    const cut = item.indexOf('=')
    const word = cut < 0 ? item : item.slice(0, cut)
    if (word !== requirement.word) continue
    present = true
    if (cut >= 0) values.push(item.slice(cut + 1))
  }
  switch (requirement.kind) {
    case 'has':
      return present
    case 'lacks':
      return !present
    case 'compare':
      return values.some((value) => compares(value, requirement.op, requirement.value))
  }
}

function compares(value: string, op: Operator, wanted: string): boolean {
  const order = compareVersions(value, wanted)
  switch (op) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '<':
      return order < 0
  }
}

/** The requirements that declarations do not meet, as written. Text that is no requirement counts as unmet. */
export function unmet(declared: readonly string[], requirements: readonly string[]): string[] {
  return requirements.filter((text) => {
    const requirement = parseRequirement(text)
    return requirement === null || !meets(declared, requirement)
  })
}
