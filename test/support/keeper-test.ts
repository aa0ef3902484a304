// Tests of what both keepers promise, the one in python and the plain one: each is run with either. Used like vitest's `test`
// by the keepers' tests in node-agent/launcher; `onlyPython` is for what needs a subreaper, a cgroup or holes in files.
import { test as register, type TestContext } from 'vitest'
import { type KeeperKind, useKeeper } from './keeper-harness.ts'

type Body = (context: TestContext) => void | Promise<void>

/** Runs one after the other in a file, so that the kind can be a setting of the harness. */
async function withKind(kind: KeeperKind, body: () => void | Promise<void>): Promise<void> {
  useKeeper(kind)
  try {
    await body()
  } finally {
    useKeeper('python')
  }
}

function both(name: string, body: Body, how: typeof register | typeof register.skip = register): void {
  for (const kind of ['python', 'plain'] as const) how(`${name} (${kind} keeper)`, (context) => withKind(kind, () => body(context)))
}

export const onlyPython = register

export const test = Object.assign((name: string, body: Body) => both(name, body), {
  skipIf: (condition: boolean) => (name: string, body: Body) => both(name, body, condition ? register.skip : register),
  /** `%s` in the name is the first of each row */
  each:
    <Row extends readonly string[]>(rows: readonly Row[]) =>
    (name: string, body: (...row: Row) => Promise<void>): void => {
      for (const row of rows) both(name.replace('%s', row[0] ?? ''), () => body(...row))
    },
})
