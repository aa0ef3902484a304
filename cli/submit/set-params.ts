// `dist add --set key=value`: params given on the command line, for every job, whatever the file says. Pure but for reading
// the value, which means what it would mean in the file.

import { DistError } from '../../shared/base/errors.ts'
import { Problems } from '../../shared/config/problem.ts'
import { readParams } from '../../shared/config/read-params.ts'
import { Reading } from '../../shared/config/reading.ts'
import { yamlTree } from '../../shared/config/yaml-tree.ts'
import type { Jobset } from '../../shared/model/jobset.ts'
import type { JobOptions, ParamValue } from '../../shared/model/options.ts'
import { nearest } from '../../shared/text/near.ts'

type Params = Readonly<Record<string, ParamValue>>

/** `['a=1.5', 'b=[1, 2]']` -> `{a: 1.5, b: [1, 2]}`. Throws `usage`. */
export function parseSet(words: readonly string[]): Params {
  const params: Record<string, ParamValue> = {}
  for (const word of words) {
    const cut = word.indexOf('=')
    const key = word.slice(0, Math.max(0, cut)).trim()
    if (cut < 0 || key === '') throw wrong(word, 'there is no name before an equals sign')
    if (Object.hasOwn(params, key)) throw wrong(word, `'${key}' is set twice`)
    const problems = new Problems()
    const text = word.slice(cut + 1)
    const tree = yamlTree(text, problems)
    const value = tree ?? { kind: 'null', text: '', at: 0 }
    const map = { kind: 'map', at: 0, entries: [{ key, keyAt: 0, value }] } as const
    const read = readParams(new Reading(problems, new Set()), { key: 'params', keyAt: 0, value: map }, { up: null, part: 'params' })
    const [problem] = problems.located(text)
    if (problem !== undefined) throw wrong(word, problem.message)
    params[key] = read?.[key] ?? null
  }
  return params
}

/** The jobset with these params in every job and trial; `unknown` are those that the file does not have, with the nearest it has. */
export function withParams<F>(
  jobset: Jobset<F>,
  set: Params,
): { readonly jobset: Jobset<F>; readonly unknown: readonly { readonly name: string; readonly near: string | null }[] } {
  if (Object.keys(set).length === 0) return { jobset, unknown: [] }
  const known = new Set(Object.keys(jobset.options.params))
  const withSet = (options: JobOptions): JobOptions => ({ ...options, params: { ...options.params, ...set } })
  const search = jobset.search === undefined ? undefined : { ...jobset.search, options: withSet(jobset.search.options) }
  const searched = search?.params.find(({ name }) => Object.hasOwn(set, name))
  if (searched !== undefined) throw wrong(searched.name, 'the search gives it its values')
  const jobs = jobset.jobs.map((job) => {
    const own = job.options?.params
    if (own === undefined) return job
    for (const name of Object.keys(own)) known.add(name)
    return { ...job, options: { ...job.options, params: { ...own, ...set } } }
  })
  const unknown = Object.keys(set).flatMap((name) => (known.has(name) ? [] : [{ name, near: nearest(name, [...known]) }]))
  return { jobset: { ...jobset, jobs, options: withSet(jobset.options), ...(search === undefined ? {} : { search }) }, unknown }
}

function wrong(word: string, why: string): DistError {
  return new DistError('usage', `--set ${word}: ${why}`, { hint: 'write --set name=value, as in the file: --set alpha=0.5' })
}
