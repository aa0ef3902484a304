// Which parameters the trial with a given number has, for the algorithms that need no results. A function of the number, so a
// grid of any size takes no memory and number 99 999 costs what number 0 costs. Used by next-trial.ts.
//
// Numbers 0, 1, … are: the points to evaluate, as listed; then the whole grid in the documents' order (the last parameter
// changes fastest), once a sample; without a grid, one drawn trial after the other.
import { assert } from '../base/assert.ts'
import type { SearchParam } from '../model/domain.ts'
import type { SearchSpec } from '../model/search.ts'
import type { Params, Value } from '../model/value.ts'
import { drawAt } from './draw.ts'
import { strata } from './latin.ts'
import { uniform } from './philox.ts'
import { sequenceAt, sequenceLength } from './sequence.ts'

/** Of a search: a trial is a job, and a jobset has at most so many. */
export const mostTrials = 1_000_000

export interface Space {
  /** points of the grid, 1 where there is none */
  readonly gridSize: number
  /** `blocks`: num_samples, then what each extension added */
  total(blocks: readonly number[]): number
  /** of trial `index`, 0 <= index < total; for `halving` of configuration `index`, without its budget */
  params(index: number, blocks: readonly number[]): Params
}

type SpaceSpec = Pick<SearchSpec<unknown>, 'params' | 'points' | 'algorithm'>

/** `seed`: 0..2^32-1; the same spec and seed are the same trials for ever. */
export function newSpace(spec: SpaceSpec, seed: number): Space {
  const { params, points, algorithm } = spec
  const hasGrid = params.some(({ domain }) => domain.kind === 'grid')
  const size = gridSize(params)
  const known = new Map<string, Uint32Array>()
  const draw = (param: SearchParam, index: number, position: number): Value => drawAt(param.domain, uniform(seed, 'value', index, position))

  function stratified(index: number, blocks: readonly number[]): Params {
    let offset = index
    let block = 0
    // the points are part of the first samples
    for (; block < blocks.length && offset >= sizeOf(block, blocks); block++) offset -= sizeOf(block, blocks)
    assert(block < blocks.length, `trial ${index} is outside of the search`)
    const count = sizeOf(block, blocks)
    return params.map((param, position) => {
      const key = `${block} ${count} ${position}`
      const order = known.get(key) ?? strata(seed, block, position, count)
      known.set(key, order)
      const inside = uniform(seed, 'stratum', index + points.length, position)
      return [param.name, drawAt(param.domain, ((order[offset] ?? 0) + inside) / count)] as const
    })
  }
  const sizeOf = (block: number, blocks: readonly number[]): number => (blocks[block] ?? 0) - (block === 0 ? points.length : 0)

  return {
    gridSize: size,
    total: (blocks) => {
      const samples = blocks.reduce((sum, block) => sum + block, 0)
      return hasGrid ? points.length + size * samples : samples
    },
    params: (index, blocks) => {
      const point = points[index]
      if (point !== undefined) return filled(params, point, (param, position) => draw(param, index, position))
      if (algorithm === 'lhs') return stratified(index - points.length, blocks)
      const digits = gridDigits(params, index - points.length)
      return params.map((param, position) => {
        const digit = digits[position]
        const value = param.domain.kind === 'grid' ? sequenceAt(param.domain.values, digit ?? 0) : draw(param, index, position)
        return [param.name, value] as const
      })
    },
  }
}

/** Points of the grid; may be more than `mostTrials`, which the reader refuses. */
export function gridSize(params: readonly SearchParam[]): number {
  return params.reduce((product, { domain }) => (domain.kind === 'grid' ? product * sequenceLength(domain.values) : product), 1)
}

/** Mixed radix, the last grid parameter fastest; what is above the whole grid is another sample of it. */
function gridDigits(params: readonly SearchParam[], index: number): readonly number[] {
  const digits = new Array<number>(params.length).fill(0)
  let rest = index
  for (const [back, { domain }] of [...params].reverse().entries()) {
    if (domain.kind !== 'grid') continue
    const count = sequenceLength(domain.values)
    digits[params.length - 1 - back] = rest % count
    rest = Math.floor(rest / count)
  }
  return digits
}

/** All parameters in the space's order: those of the point, the others drawn. */
function filled(params: readonly SearchParam[], point: Params, draw: (param: SearchParam, position: number) => Value): Params {
  const said = new Map(point)
  return params.map((param, position) => [param.name, said.get(param.name) ?? draw(param, position)] as const)
}
