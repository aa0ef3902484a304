// Runs search scripts against answers that a test gives, without a head.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ScriptCall } from './script-call.ts'
import { type Reply, ScriptProcess } from './script-process.ts'

/** A folder with a script in it, which `remove` takes away. */
export class ScriptFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'dist-script-'))

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true })
    writeFileSync(join(this.path, name), text)
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8')
  }

  forget(name: string): void {
    rmSync(join(this.path, name), { recursive: true })
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

export interface Ran {
  readonly code: number
  readonly calls: readonly ScriptCall[]
  /** the `search:` blocks of the calls; for tests that do not look at the types of numbers */
  readonly blocks: readonly Readonly<Record<string, unknown>>[]
  /** what the script left in the file `out` as JSON; null without one */
  readonly out: unknown
}

/** Runs `source`; each call is answered with `replies`. The script may say `out(value)`. */
export async function runScript(
  folder: ScriptFolder,
  source: string,
  options: {
    readonly python?: string
    readonly env?: Readonly<Record<string, string>>
    readonly replies?: readonly Reply[]
    readonly args?: readonly string[]
    /** before the first reply to each call */
    readonly before?: () => Promise<unknown>
  } = {},
): Promise<Ran> {
  const { python = '/usr/bin/python3', env = {}, replies = [{ kind: 'done' }], args = [] } = options
  const out = 'def out(value):\n    import json\n    json.dump(value, open("out", "w"), default=str)\n'
  folder.write('batch.py', `${out}${source}`)
  rmSync(join(folder.path, 'out'), { force: true })
  const child = new ScriptProcess({
    python,
    script: 'batch.py',
    args,
    cwd: folder.path,
    env: { PATH: process.env['PATH'], HOME: folder.path, ...env },
    output: 'none',
  })
  const calls: ScriptCall[] = []
  for await (const call of child.calls()) {
    calls.push(call)
    await options.before?.()
    for (const reply of replies) await child.answer(call.id, reply)
  }
  const { code } = await child.ended
  return { code, calls, blocks: calls.map(({ search }) => JSON.parse(search) as Record<string, unknown>), out: readOut(folder) }
}

function readOut(folder: ScriptFolder): unknown {
  try {
    return JSON.parse(folder.read('out'))
  } catch {
    return null
  }
}

/** The script's own words about what was wrong. */
export async function scriptError(folder: ScriptFolder, source: string, python?: string): Promise<string> {
  const caught = `import sys, traceback\ntry:\n${source.replace(/^/gm, '    ')}\nexcept Exception as error:\n    out(type(error).__name__ + ': ' + str(error))\n`
  const { out } = await runScript(folder, caught, python === undefined ? {} : { python })
  return String(out)
}
