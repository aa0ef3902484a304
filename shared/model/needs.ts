// `needs` of a jobset's jobs as a graph: unknown names and circles. Used by the reader of jobset files and by the head.

export interface NeedsProblem {
  /** index of the job that names it, and which of its needs */
  readonly job: number
  readonly need: number
  /** `unknown`: no job has that name; `circle`: names on the way, the first again at the end */
  readonly kind: 'unknown' | 'circle'
  readonly names: readonly string[]
}

interface Needing {
  readonly name: string | null
  readonly needs: readonly string[]
}

/** Every need that no job has, and every circle once. Iterative: a chain may be a million jobs long. */
export function needsProblems(jobs: readonly Needing[]): NeedsProblem[] {
  if (!jobs.some(({ needs }) => needs.length > 0)) return []
  const byName = new Map<string, number>()
  for (const [index, { name }] of jobs.entries()) if (name !== null && !byName.has(name)) byName.set(name, index)
  const problems: NeedsProblem[] = []
  const done = new Uint8Array(jobs.length)
  /** place on the way that is being walked, from 1 */
  const place = new Uint32Array(jobs.length)
  for (const start of jobs.keys()) {
    if (done[start] === 1) continue
    const way = [{ job: start, next: 0 }]
    place[start] = 1
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const { job } = step
      const need = step.next++
      const name = jobs[job]?.needs[need]
      if (name === undefined) {
        done[job] = 1
        place[job] = 0
        way.pop()
        continue
      }
      const other = byName.get(name)
      if (other === undefined) problems.push({ job, need, kind: 'unknown', names: [name] })
      else if (place[other] !== 0) {
        const circle = way.slice((place[other] ?? 1) - 1).map((one) => jobs[one.job]?.name ?? '')
        problems.push({ job, need, kind: 'circle', names: [...circle, name] })
      } else if (done[other] === 0) {
        way.push({ job: other, next: 0 })
        place[other] = way.length
      }
    }
  }
  return problems
}

/** `a -> b -> a`; long ones are cut in the middle. */
export function circleText(names: readonly string[]): string {
  const shown = names.length <= 8 ? names : [...names.slice(0, 6), '…', ...names.slice(-1)]
  return shown.join(' -> ')
}
