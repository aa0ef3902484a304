// Names of parameters that cannot stand beside each other, or at all. Asked by the reader of jobset files before anything runs.
import { paramVariable } from '../model/param-variable.ts'
import { type EnvDelimiter, keyProblem } from './runtk.ts'

export interface ParamProblem {
  /** index into the names */
  readonly index: number
  readonly message: string
  readonly hint: string
}

/** `names` in the order of the file; bookkeeping names are reserved. */
export function paramProblems(
  names: readonly string[],
  delimiter: EnvDelimiter | 'auto',
  reserved: readonly string[],
): readonly ParamProblem[] {
  const problems: ParamProblem[] = []
  const variables = new Map<string, string>()
  const all = new Set(names)
  const taken = new Set(reserved)
  for (const [index, name] of names.entries()) {
    const variable = paramVariable(name)
    const other = variables.get(variable)
    const problem = name === '__proto__' ? 'no object can have it' : keyProblem(name, delimiter)
    const above = name.split('.').flatMap((_, cut, parts) => (cut === 0 ? [] : [parts.slice(0, cut).join('.')]))
    const parent = above.find((one) => all.has(one) || taken.has(one))
    const add = (message: string, hint: string) => problems.push({ index, message, hint })
    if (problem !== null) add(`'${name}' cannot be the name of a parameter: ${problem}`, 'give it another name')
    else if (taken.has(name)) add(`'${name}' is set by dist for every trial`, 'give it another name, or set batchtk: {keys: none}')
    else if (parent !== undefined) add(`'${parent}' and '${name}' overlap: which is applied first is not defined`, 'keep one of them')
    else if (other !== undefined) add(`'${other}' and '${name}' would both be ${variable}`, 'give one of them another name')
    if (!variables.has(variable)) variables.set(variable, name)
  }
  return problems
}
