// The heads that this account runs: `<data>/head.json` says where, `<data>/admin.token` lets in. The head writes
// both (0600) while it runs; `dist up` has a data folder of its own.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultDataFolder } from '../../shared/config/paths.ts'
import { upDataFolder } from './up-folder.ts'

export interface AccountHead {
  readonly url: string
  readonly isRunning: () => boolean
  readonly token: () => string | null
}

/** The running one first. A head.json that was left by a crash counts: that head may be coming back. */
export function accountHeads(env: Readonly<Record<string, string | undefined>>): AccountHead[] {
  const heads = [defaultDataFolder(env), upDataFolder(env)].flatMap((data) => {
    const head = readHead(data)
    return head === null ? [] : [head]
  })
  return heads.sort((a, b) => Number(b.isRunning()) - Number(a.isRunning()))
}

function readHead(data: string): AccountHead | null {
  const facts = readFacts(data)
  if (facts === null) return null
  return {
    url: facts.http,
    isRunning: () => isAlive(readFacts(data)?.pid ?? 0),
    token: () => readText(join(data, 'admin.token'))?.trim() ?? null,
  }
}

function readFacts(data: string): { readonly http: string; readonly pid: number } | null {
  const text = readText(join(data, 'head.json'))
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('http' in value) || !('pid' in value)) return null
    return typeof value.http === 'string' && typeof value.pid === 'number' ? { http: value.http, pid: value.pid } : null
  } catch {
    return null
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
