// What differs between the parameters of a search and those of a file, a line each, as people write them. Pure.
import { assertNever } from '../../shared/base/assert.ts'
import type { Domain, SearchParam, Sequence } from '../../shared/model/domain.ts'
import type { Value } from '../../shared/model/value.ts'
import { jsonText, shownText } from '../../shared/trial/value-text.ts'

/** Lines `- name: domain` of what is there and `+ name: domain` of what the file says; empty when both are the same. */
export function spaceDiff(there: readonly SearchParam[], file: readonly SearchParam[]): readonly string[] {
  const wanted = new Map(file.map(({ name, domain }) => [name, domainText(domain)]))
  const had = new Map(there.map(({ name, domain }) => [name, domainText(domain)]))
  const lines: string[] = []
  for (const [name, text] of had) {
    const now = wanted.get(name)
    if (now === text) continue
    lines.push(`- ${name}: ${text}`)
    if (now !== undefined) lines.push(`+ ${name}: ${now}`)
  }
  for (const [name, text] of wanted) if (!had.has(name)) lines.push(`+ ${name}: ${text}`)
  const order = (params: readonly SearchParam[]) => params.map(({ name }) => name).join(', ')
  // a trial's values follow from the place of each parameter
  return lines.length > 0 || order(there) === order(file) ? lines : [`- in this order: ${order(there)}`, `+ in this order: ${order(file)}`]
}

function domainText(domain: Domain): string {
  switch (domain.kind) {
    case 'constant':
      return constantText(domain.value)
    case 'grid':
      return sequenceText('grid', domain.values)
    case 'choice':
      return sequenceText('choice', domain.values)
    case 'float':
      return ranged('uniform', domain.low, domain.high, domain)
    case 'int':
      return ranged('int', domain.low, domain.high, { log: domain.log, step: domain.step === 1 ? null : domain.step })
    case 'normal':
      return `{normal: [${domain.mean}, ${domain.sd}]${domain.step === null ? '' : `, step: ${domain.step}`}}`
    default:
      return assertNever(domain)
  }
}

function constantText(value: Value): string {
  return value.kind === 'map' || value.kind === 'list' ? `{constant: ${jsonText(value)}}` : shownText(value)
}

function ranged(word: string, low: number, high: number, { log, step }: { readonly log: boolean; readonly step: number | null }): string {
  return `{${word}: [${low}, ${high}]${step === null ? '' : `, step: ${step}`}${log ? ', log: true' : ''}}`
}

function sequenceText(word: 'grid' | 'choice', values: Sequence): string {
  const text = (() => {
    switch (values.kind) {
      case 'list':
        return `[${values.values.map(jsonText).join(', ')}]`
      case 'range':
      case 'arange':
        return `{${values.kind}: from ${values.start} by ${values.step}, ${values.count} values}`
      case 'linspace':
        return `{linspace: [${values.start}, ${values.stop}, ${values.count}]}`
      case 'logspace':
        return `{logspace: [${values.start}, ${values.stop}, ${values.count}], base: ${values.base}}`
      default:
        return assertNever(values)
    }
  })()
  return word === 'grid' ? text : `{choice: ${text}}`
}
