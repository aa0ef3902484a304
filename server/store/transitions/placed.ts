// pack | incoming | aside -> folder: the placer brought files into their plain folders and synced them. Asked by the writer
// itself. A result that was removed since has no location any more, and gets none.
import { transition } from '../transition.ts'

export interface PlacedItem {
  readonly table: 'attempt' | 'build'
  readonly id: string
}

export const placed = transition<{ readonly items: readonly PlacedItem[] }, { readonly jobsets: number[] }>((db) => {
  const attempt = db
    .prepare<[string], number>("UPDATE attempt SET location = 'folder' WHERE id = ? AND location <> 'folder' RETURNING jobset")
    .pluck()
  const build = db
    .prepare<[string], number>("UPDATE build SET location = 'folder' WHERE id = ? AND location <> 'folder' RETURNING jobset")
    .pluck()
  return ({ items }) => {
    const jobsets = new Set<number>()
    for (const { table, id } of items) {
      const jobset = (table === 'attempt' ? attempt : build).get(id)
      if (jobset !== undefined) jobsets.add(jobset)
    }
    return { jobsets: [...jobsets] }
  }
})
