// Contents by their SHA-256, for the routes: in through drafts, out to nodes. Implemented by blobs/.
import type { Readable } from 'node:stream'
import type { Sha256 } from '../../shared/model/ids.ts'

type Bytes = AsyncIterable<Buffer>

export interface PieceOf {
  readonly draft: string
  /** the draft's */
  readonly owner: string
  readonly sha256: Sha256
  readonly offset: number
}

export interface Blobs {
  /** A stream from `offset` on; `bad_offset` behind the end, `not_found` when the file is gone. */
  read(sha256: Sha256, offset: number): { stream: Readable; length: number }
  /** A tar, entries named by hash. */
  tar(contents: readonly Sha256[]): Readable
  /** Small contents of a draft from one tar; answers how many were stored. What arrived whole counts, also on failure. */
  takeTar(draft: string, source: Bytes): Promise<number>
  /** One large content of a draft, from `offset` on. */
  takePiece(piece: PieceOf, source: Bytes): Promise<{ have: number; whole: boolean }>
  /** Bytes that are here of contents that someone sends in pieces, by hash, whatever draft they were for. */
  piecesOf(owner: string): ReadonlyMap<string, number>
}
