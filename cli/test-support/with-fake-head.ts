// A fake head and a folder for each test of a file. Called once, beside the variables that hold them.
import { afterEach, beforeEach } from 'vitest'
import { FakeHead } from './fake-head.ts'
import { TestFolder } from './run-dist.ts'

/** `take` keeps them, and sets the scene. */
export function withFakeHead(take: (head: FakeHead, folder: TestFolder) => void): void {
  let head: FakeHead
  let folder: TestFolder

  beforeEach(async () => {
    folder = new TestFolder()
    head = await FakeHead.start()
    take(head, folder)
  })

  afterEach(async () => {
    await head.close()
    folder.remove()
  })
}
