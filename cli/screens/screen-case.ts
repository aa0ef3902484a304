// What a screen is kept of.
import type { FakeHead } from '../test-support/fake-head.ts'
import type { TestFolder } from '../test-support/run-dist.ts'

export interface ScreenCase {
  /** words of the command, also the name of the file */
  readonly command: string
  readonly runs: readonly (readonly string[])[]
  readonly prepare?: (head: FakeHead, folder: TestFolder) => void | Promise<void>
}
