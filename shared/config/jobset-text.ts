// A script's call of search() as the jobset file that says the same: what `dist search import` writes, and what `dist search run` reads
// by the rules of every jobset file. Pure.
import { Document, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'

export interface JobsetWords {
  readonly namespace: string
  /** requirements of nodes */
  readonly capabilities: readonly string[]
  /** commands before each trial */
  readonly setup: string | null
  /** `cores`, `memory`, … over what run_config says */
  readonly resources: Readonly<Record<string, string>>
  /** entries of the folder that trials get */
  readonly entries: readonly string[]
  readonly emptyFolders: readonly string[]
}

/** Where a trial finds the script's folder: a copy of its own, its current folder. */
export const folderName = 'project'

const width = 110

/** `search`: the block as JSON text. */
export function jobsetText(label: string, search: string, words: JobsetWords): string {
  const block = parseDocument(search)
  const settled = setupOf(words)
  block.set('workdir', `input/${folderName}`)
  if (settled !== null) block.set('setup', settled)
  readable(block.contents)
  if (Object.keys(words.resources).length > 0) block.set('resources', flow(block.createNode(numbers(words.resources))))
  const files = words.entries.map((entry) => flow(new Document({ path: entry, alias: `${folderName}/${entry}` }).contents as Node))
  const whole = new Document({
    meta: { batch_name: label, namespace: words.namespace, capabilities: [...words.capabilities] },
    shell: files.length === 0 ? {} : { initialize: { required_files: [] } },
  })
  for (const file of files) whole.addIn(['shell', 'initialize', 'required_files'], file)
  const capabilities = whole.getIn(['meta', 'capabilities'], true)
  if (isSeq(capabilities)) capabilities.flow = true
  whole.set('search', block.contents)
  return whole.toString({ lineWidth: width, flowCollectionPadding: false })
}

function setupOf({ setup, emptyFolders }: JobsetWords): string | null {
  const folders = emptyFolders.map((name) => `'${name.replaceAll("'", "'\\''")}'`)
  const lines = [...(folders.length === 0 ? [] : [`mkdir -p ${folders.join(' ')}`]), ...(setup === null ? [] : [setup])]
  return lines.length === 0 ? null : lines.join('\n')
}

function numbers(words: Readonly<Record<string, string>>): Record<string, string | number> {
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, /^\d+$/.test(value) ? Number(value) : value]))
}

/** JSON is YAML in one line: maps of maps become lines, lists and what is in them stay where they are. */
function readable(node: unknown, depth = 0): void {
  if (!isMap(node)) return
  node.flow = depth > 1
  for (const { key, value } of node.items) {
    if (isScalar(key)) key.type = 'PLAIN'
    if (isScalar(value) && typeof value.value === 'string') value.type = value.value.includes('\n') ? 'BLOCK_LITERAL' : 'PLAIN'
    readable(value, depth + 1)
  }
}

function flow<T>(node: T): T {
  if (isMap(node) || isSeq(node)) node.flow = true
  return node
}
