// `dist template KIND`: a commented jobset file to begin with.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import { notYet } from '../../shared/config/not-yet.ts'
import { jobsetTemplate } from '../../shared/config/template.ts'
import { kinds } from '../../shared/model/jobset.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../program/exit-code.ts'

export interface TemplateOptions {
  readonly output?: string
  readonly force?: boolean
}

/** Kinds whose jobsets work. */
const able = kinds.filter((kind) => !notYet.has(kind))

/** --json: `{kind, file, text}`; `file` is null when nothing was written. */
export function template(context: Context, kind: string, options: TemplateOptions): Promise<number> {
  const hint = `write one of: ${able.map((one) => `dist template ${one}`).join(', ')}`
  if (notYet.has(kind)) throw new DistError('not_yet', `there is no template for ${kind} yet`, { hint })
  const known = able.find((one) => one === kind)
  if (known === undefined) throw new DistError('usage', `${kind} is no kind of jobset`, { hint })
  const text = jobsetTemplate(known)
  if (options.output === undefined) context.io.stdout.write(context.json ? '' : text)
  else {
    write(resolve(context.io.cwd, options.output), options.output, text, options.force === true)
    context.print(`wrote ${options.output}; check it with: dist check ${options.output}`)
  }
  context.value({ kind, file: options.output ?? null, text })
  return Promise.resolve(exitCode.done)
}

function write(path: string, shown: string, text: string, force: boolean): void {
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if (systemCode(error) === 'EEXIST')
      throw new DistError('exists', `${shown} exists already`, { hint: 'name another file, or add --force to write over it' })
    throw new DistError('usage', `cannot write ${shown}: ${errorMessage(error)}`, { hint: 'name a file that you may write', cause: error })
  }
}
