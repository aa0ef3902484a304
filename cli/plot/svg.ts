// SVG as text: elements with escaped attributes and contents, numbers with one decimal, so that the same data give the same file.

export type Attributes = Readonly<Record<string, string | number>>

/** Contents are SVG already; text goes through `escaped` or `label`. */
export function element(name: string, attributes: Attributes, ...contents: readonly string[]): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escaped(value)}"`)
  return contents.length === 0 ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${contents.join('')}</${name}>`
}

export function label(text: string, attributes: Attributes): string {
  return element('text', attributes, escaped(text))
}

/** Characters that XML does not allow are replaced too: names come from files of other people. */
export function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** At most one decimal, never -0. */
export function round(value: number): string {
  return String(Math.round(value * 10) / 10 || 0)
}

/** About as wide as the text is drawn: px at this size, by the mean of a plain sans-serif. */
export function drawnWidth(text: string, size: number): number {
  return text.length * size * 0.56
}

/** Cut to a width, with … for what is missing. */
export function cut(text: string, width: number, size: number): string {
  const most = Math.max(2, Math.floor(width / (size * 0.56)))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
