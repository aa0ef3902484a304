// Starts python/dist_suggest for one request, `importance` (docs/suggest-protocol.md), with the Python that has optuna.
import { spawn } from 'node:child_process'
import { join, resolve as resolvePath } from 'node:path'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { packageRoot } from '../../shared/base/package-info.ts'
import type { Context } from '../context.ts'

export interface ImportanceReply {
  /** share of the metric's variance, by parameter */
  readonly importances: Readonly<Record<string, number>>
  /** how many were looked at */
  readonly trials: number
  readonly notices: readonly string[]
}

interface Answer {
  readonly ok?: ImportanceReply
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | null }
}

/** `trials`: JSON texts. Throws `usage` with the line that installs what is missing. */
export async function runImportance(context: Context, python: string, trials: readonly string[]): Promise<ImportanceReply> {
  const { code, output } = await run(context, python, trials)
  const answer = readAnswer(output)
  if (answer?.ok !== undefined) return answer.ok
  if (answer?.error === undefined) {
    throw new DistError('usage', `${python} ended with status ${code} and without an answer`, {
      hint: 'name a Python 3.8 or newer with --python',
    })
  }
  const { message, hint } = answer.error
  throw new DistError('usage', message, {
    hint: hint === null ? 'see what there is with: dist results' : `install it, or name another Python with --python: ${hint}`,
  })
}

function run(
  context: Context,
  python: string,
  trials: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      python.includes('/') ? resolvePath(context.io.cwd, python) : python,
      ['-X', 'utf8', join(packageRoot(), 'python', 'dist_suggest')],
      {
        stdio: ['pipe', 'pipe', context.verbose ? 'inherit' : 'ignore'],
        env: context.io.env,
        signal: context.signal,
      },
    )
    const chunks: Buffer[] = []
    child.on('error', (error) => {
      const hint = 'name a Python that has optuna and scikit-learn: --python FILE'
      reject(
        context.signal.aborted ? error : new DistError('usage', `cannot start ${python}: ${errorMessage(error)}`, { hint, cause: error }),
      )
    })
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }))
    // one that ends early does not read to the end; its answer, or its status, says why
    child.stdin?.on('error', () => undefined)
    child.stdin?.write('{"id":1,"op":"importance","trials":[')
    for (const [i, text] of trials.entries()) child.stdin?.write(i === 0 ? text : `,${text}`)
    child.stdin?.end(']}\n')
  })
}

function readAnswer(output: string): Answer | null {
  try {
    return JSON.parse(output) as Answer
  } catch {
    return null
  }
}
