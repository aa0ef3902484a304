import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JobId } from '../../shared/model/ids.ts'
import { ReadyQueue } from './ready-queue.ts'

test('every ready job comes out exactly once, lowest first among those known, whatever is put back in between', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3000 }), fc.array(fc.nat({ max: 9 }), { maxLength: 400 }), (jobs, choices) => {
      const queue = new ReadyQueue()
      const ready = new Set(Array.from({ length: jobs }, (_, i) => (i + 1) as JobId))
      const taken: JobId[] = []
      const load = (): void => {
        const wanted = queue.wantsLoad()
        if (wanted !== null)
          queue.loaded(
            [...ready]
              .filter((id) => id > wanted.after)
              .sort((x, y) => x - y)
              .slice(0, wanted.limit),
          )
      }
      const take = (): boolean => {
        load()
        const job = queue.take()
        if (job === null) return false
        expect(ready.delete(job)).toBe(true)
        taken.push(job)
        return true
      }
      for (const choice of choices) {
        const back = choice === 0 ? taken.pop() : undefined
        if (back === undefined) take()
        else {
          ready.add(back)
          queue.putBack(back)
        }
      }
      while (take()) {
        // until nothing is left
      }
      expect(ready.size).toBe(0)
      expect(new Set(taken).size).toBe(jobs)
    }),
  )
})
