// What a job in a view sees and leaves: docs/keeper-protocol.md, "Views". Each as root and as a plain user, overlay and copy.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { places, startInView, type ViewKeeper } from '../../test/support/keeper-view.ts'
import type { ExitReport } from './messages.ts'

const text = (exit: ExitReport) => Buffer.from(exit.out ?? '', 'base64').toString()
const pristine = { 'a.txt': 'alpha', 'sub/b.txt': 'beta' }

/** The build as the host sees it: path -> content. */
function buildOf(keeper: ViewKeeper): Record<string, string> {
  const list = readdirSync(keeper.space, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    list
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(keeper.space.length + 1), statSync(path).isFile() ? readFileSync(path, 'utf8') : '/']),
  )
}

const hostMounts = (keeper: ViewKeeper) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(keeper.work))

test.for(places)(
  '$kind as $user: a job finds build, input, script and an empty distribute_save at their own path',
  async (place, context) => {
    const keeper = await startInView(context, place, pristine)
    const before = buildOf(keeper)
    const script = keeper.script('print(1)')
    const look = 'pwd; ls; cat built.txt lib/data input/a.txt input/sub/b.txt job.py; ./tool; ls input distribute_save; id -u'
    const exit = await keeper.run('j1', look, { script })
    expect(text(exit)).toBe(
      `${keeper.space}\nbuilt.txt\ndistribute_save\ninitial_files\ninput\njob.py\nlib\ntool\n` +
        `builtdataalphabetaprint(1)tool of ${keeper.space}\ndistribute_save:\n\ninput:\na.txt\nsub\n${place.user === 'root' ? 0 : 61_234}\n`,
    )
    expect(buildOf(keeper)).toEqual(before)
    expect(hostMounts(keeper)).toEqual([])
  },
)
