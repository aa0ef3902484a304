// Files that several jobs name lie once in the bundle, in dist/files/, and are linked to. Used by write-bundle.ts.
import type { InputFile, LocalFile } from '../../shared/model/jobset.ts'
import { jobFiles } from '../../shared/model/jobset-files.ts'
import type { BundleWriter } from './bundle-writer.ts'
import type { PlannedJob } from './plan-bundle.ts'

export class SharedFiles {
  readonly #writer: BundleWriter
  readonly #known: (file: LocalFile) => InputFile
  readonly #contents: Record<string, string>
  /** by content and mode */
  readonly #uses = new Map<string, number>()
  readonly #written = new Set<string>()

  /** `contents`: filled with where each content lies. */
  constructor(
    writer: BundleWriter,
    jobs: readonly PlannedJob<LocalFile>[],
    known: (file: LocalFile) => InputFile,
    contents: Record<string, string>,
  ) {
    this.#writer = writer
    this.#known = known
    this.#contents = contents
    for (const { job } of jobs) {
      for (const file of jobFiles(job)) {
        const key = this.#key(file)
        this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1)
      }
    }
  }

  place(file: LocalFile, path: string): void {
    const { sha256, mode } = this.#known(file)
    const key = this.#key(file)
    if ((this.#uses.get(key) ?? 0) < 2) {
      this.#writer.copy(file.source, path, mode)
      this.#contents[sha256] ??= path
      return
    }
    const shared = `dist/files/${key}`
    if (!this.#written.has(key)) {
      this.#written.add(key)
      this.#writer.copy(file.source, shared, mode)
      this.#contents[sha256] ??= shared
    }
    this.#writer.link(path, shared)
  }

  #key(file: LocalFile): string {
    const { sha256, mode } = this.#known(file)
    return mode === 0o644 ? sha256 : `${sha256}-x`
  }
}
