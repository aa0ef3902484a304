// What the readers of jobset and settings files see: a plain tree with the offset of every node, whether the text
// was YAML or JSON. Scalars keep the text that was written, so that `name: 1.50` stays "1.50".

/** `at` is an offset into the text, or -1 when the tree was made without positions (json-tree.ts). */
export type Node =
  /** `plain`: written without quotes, so it may be meant as a number or boolean */
  | { readonly kind: 'text'; readonly text: string; readonly plain: boolean; readonly at: number }
  /** `text` as written: empty, `~` or `null` */
  | { readonly kind: 'null'; readonly text: string; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly at: number }
  | { readonly kind: 'map'; readonly entries: readonly Entry[]; readonly at: number }

export interface Entry {
  readonly key: string
  readonly keyAt: number
  readonly value: Node
}

/** What a node is, in the words of a message: `found a list`. */
export function describeNode(node: Node): string {
  switch (node.kind) {
    case 'null':
      return node.text === '' ? 'nothing' : node.text
    case 'list':
      return 'a list'
    case 'map':
      return 'a mapping'
    case 'text':
      if (node.plain && /^[-+]?(\d|\.\d)[\d.eE+-]*$/.test(node.text)) return 'a number'
      if (node.plain && /^(true|false)$/i.test(node.text)) return node.text
      return 'text'
  }
}
