// Orders from the writer to the placer thread: bring the files of a committed (or kept) attempt or build into plain folders.

export interface PlacedFile {
  /** relative to the order's folder, safe */
  readonly path: string
  readonly mode: number
  readonly data: Uint8Array
}

export type PlacementOrder =
  /** small result, bytes at hand; durable in pack `pack` until it is sealed */
  | {
      readonly kind: 'files'
      readonly pack: number
      readonly table: 'attempt' | 'build'
      readonly id: string
      /** relative to results/ */
      readonly folder: string
      readonly files: readonly PlacedFile[]
      readonly folders: readonly string[]
      /** a build's output: one file outside `folder`, relative to results/ */
      readonly outside: readonly PlacedFile[]
    }
  /** large result: rename results/.incoming/<id> to the folder */
  | {
      readonly kind: 'move'
      readonly table: 'attempt' | 'build'
      readonly id: string
      readonly folder: string
      /** moved out of the folder before the rename: [path inside, path relative to results/] */
      readonly outside: readonly (readonly [string, string])[]
    }
  /** an older generation's result makes room: rename one folder to another, both relative to results/ */
  | { readonly kind: 'aside'; readonly id: string; readonly from: string; readonly to: string }
