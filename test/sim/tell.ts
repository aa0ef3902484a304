// Tells stories of the simulator; one that ends badly is told again with ever fewer steps, and comes back as a message
// with the command that repeats it. Used by cluster.test.ts; needs vitest's fake timers.
import { shrink } from './shrink.ts'
import { story, storySteps } from './story.ts'

/** ms that shrinking may take */
const patience = 60_000

/** Null, or what to tell: the failure, how to see it again, and the shortest history that ends like it. */
export async function tellStory(seed: number, steps: readonly number[] = storySteps): Promise<string | null> {
  const failure = await story(seed, steps)
  if (failure === null) return null
  const kind = kindOf(failure)
  const deadline = performance.now() + patience
  const fails = async (some: readonly number[]): Promise<boolean> => {
    const again = await story(seed, some)
    return again !== null && kindOf(again) === kind
  }
  const left = await shrink(steps, fails, () => performance.now() > deadline)
  const history: string[] = []
  const last = (await story(seed, left, (step, what) => history.push(`  ${String(step).padStart(4)}  ${what}`))) ?? failure
  const again = `npm run faults -- --sim --seed ${seed}`
  return [
    `the story of seed ${seed} ends badly: ${last.message}`,
    `again: ${again}`,
    `shrunk from ${steps.length} to ${left.length} steps: ${again} --steps ${left.length === 0 ? 'none' : left.join(',')}`,
    ...history,
  ].join('\n')
}

/** The same sentence about other numbers is the same failure. */
function kindOf(error: Error): string {
  return (error.message.split('\n', 1)[0] ?? '').replace(/[0-9a-f]*\d[0-9a-f]*/g, '#').slice(0, 60)
}
