// `dist token list`: tokens without their secrets.
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'
import { ago } from '../render/labels.ts'
import { renderTable } from '../render/table.ts'

const columns = [
  { title: 'ID' },
  { title: 'NAME', shrink: 12 },
  { title: 'ROLE' },
  { title: 'MADE', align: 'right' },
  { title: 'STATE' },
] as const

/** --json: the API's `tokens` reply. */
export async function listTokens(context: Context): Promise<number> {
  const head = await context.head()
  const reply = await context.patiently('look', () => head.tokens(context.signal))
  context.value(reply)
  const now = context.now()
  const rows = reply.tokens.map((token) => [
    token.id,
    token.name,
    token.role,
    ago(Math.min(token.createdAt, now), now),
    token.revokedAt === null
      ? { text: 'valid', paint: context.out.green }
      : { text: `revoked ${ago(Math.min(token.revokedAt, now), now)}`, paint: context.out.dim },
  ])
  for (const line of renderTable(columns, rows, { width: context.io.stdout.columns, paintTitle: context.out.dim })) context.print(line)
  return exitCode.done
}
