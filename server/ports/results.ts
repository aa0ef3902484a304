// Results of attempts and builds, for the routes: reading what is kept, taking what comes in. Implemented by results/.
import type { Readable } from 'node:stream'
import type { Manifest } from '../../shared/model/manifest.ts'

export interface Sized {
  readonly stream: Readable
  /** bytes */
  readonly length: number
}

/** Output from `from` on: the offset asked for, or behind a gap that it lies in. Ends at the next gap, or before. */
export interface OutputPiece extends Sized {
  readonly from: number
  /** end of the output, as far as it is known */
  readonly size: number
}

export interface WantedResult {
  readonly attempt: string
  /** in the result */
  readonly path: string
}

/** Every method: `not_found` when there is no such file, `hash_mismatch` when people edited it, `bad_offset` behind its end. */
export interface Results {
  file(attempt: string, path: string, offset: number): Sized
  /** Frames of shared/files/parcel.ts, read as they are taken; what is wrong with a file stands in its place. */
  parcel(wanted: readonly WantedResult[]): Readable
  /** Output of an attempt or a build; `final` when nothing will be added. */
  output(kind: 'attempt' | 'build', id: string, offset: number): OutputPiece & { readonly final: boolean }
  /** Settles when live output came or a result was committed, after `ms` at the latest; rejects when the signal fires. */
  outputChanged(id: string, ms: number, signal: AbortSignal): Promise<void>
}

export interface Uploads {
  /** Takes what an attempt produced; answers the paths whose bytes are to be sent. */
  putManifest(id: string, manifest: Manifest): Promise<string[]>
  /** Takes files of the manifest; answers what is missing still. */
  putFiles(id: string, source: AsyncIterable<Uint8Array>): Promise<string[]>
  /** Checks that all of it is here and syncs it; `incomplete` when not. Idempotent. */
  complete(id: string): Promise<Manifest>
  /** It has its verdict: what came of it goes, unless it is committed and waits for its placement. */
  settle(id: string): void
  /** Something of it came; should its verdict have come before, nothing of that stays. */
  discardLate(id: string): void
  /** Appends live output, of which `skipped` bytes before `offset` never come; answers how much is here. */
  appendOutput(id: string, offset: number, chunk: Buffer, skipped: number): number
}
