// Keepers whose jobs see a view of the build, as root and as a plain user, for the tests of views. Where the machine does
// not allow one, the test is skipped with the reason (CI=true: fails).
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import type { ExitReport, View } from '../../node-agent/launcher/messages.ts'
import { packageRoot } from '../../shared/base/package-info.ts'
import { KeeperHarness, python, temporaryFolder } from './keeper-harness.ts'
import { needs, skipOrFail } from './needs.ts'

export interface Place {
  readonly kind: View['kind']
  readonly user: 'root' | 'plain'
}

export const places: readonly Place[] = [
  { kind: 'overlay', user: 'root' },
  { kind: 'copy', user: 'root' },
  { kind: 'overlay', user: 'plain' },
  { kind: 'copy', user: 'plain' },
]
/** No such user need exist; not 65534, as which a user namespace shows everybody else. */
export const plainUid = 61_234
const isRoot = process.getuid?.() === 0
/** Under which the jobs of a place run. */
export const uidOf = (place: Place): number => (place.user === 'root' ? 0 : isRoot ? plainUid : (process.getuid?.() ?? -1))

/** Skips a test that must change owners or mounts of the host. */
export function needsRoot(context: TestContext): void {
  if (!isRoot) context.skip('not root')
}

/** By user, what keeper_view.py says: asked once. */
const possible = new Map<string, string>()

/** A keeper of one slot whose jobs see a view, and the interpreter that it is started (again) with. */
export class ViewKeeper extends KeeperHarness {
  readonly view: View
  readonly place: Place
  interpreter = python

  constructor(work: string, place: Place, slot = 0) {
    super(work, slot)
    this.place = place
    this.view = { kind: place.kind, home: join(work, 'views', 'abc', String(slot)) }
  }

  /** The template with this slot's view. */
  show(files: Readonly<Record<string, string>> = {}, view: View = this.view): void {
    this.template(files, {}, view)
    this.own()
  }

  /** Everything that the test made in the work folder becomes the keeper's user's. */
  own(): void {
    if (this.place.user === 'plain' && isRoot) {
      execFileSync('chown', ['-hR', `${plainUid}:${plainUid}`, join(this.work, 'cache'), join(this.work, 'ws')])
    }
  }
}

/** What a build left in W when the harness starts: a file, a program and a folder, beside the documented folders. */
export function layOutBuild(space: string): void {
  for (const folder of ['input', 'distribute_save', 'initial_files', 'lib']) mkdirSync(join(space, folder), { recursive: true })
  writeFileSync(join(space, 'input/from-build'), 'x')
  writeFileSync(join(space, 'built.txt'), 'built')
  writeFileSync(join(space, 'lib/data'), 'data')
  writeFileSync(join(space, 'tool'), '#!/bin/sh\necho tool of $(pwd)\n', { mode: 0o755 })
}

/** A started keeper over a built workspace, its template sent; ended when the test is over. */
export async function startInView(
  context: TestContext,
  place: Place,
  files: Readonly<Record<string, string>> = {},
  work: string = temporaryFolder(),
  slot = 0,
): Promise<ViewKeeper> {
  const keeper = new ViewKeeper(work, place, slot)
  if (slot === 0) layOutBuild(keeper.space)
  if (place.user === 'root') needsRoot(context)
  if (place.user === 'plain') Object.assign(keeper, plainPython(context, work))
  const can = possible.get(place.user) ?? askWhatIsPossible(keeper)
  possible.set(place.user, can)
  if (can !== 'overlay' && can !== place.kind) skipOrFail(context, `this machine allows a ${place.user} user no ${place.kind} view: ${can}`)
  onTestFinished(async () => {
    await keeper.end()
  })
  await keeper.start(keeper.interpreter)
  keeper.show(files)
  return keeper
}

function askWhatIsPossible(keeper: ViewKeeper): string {
  const args = ['-S', '-E', '-X', 'utf8', join(keeper.scripts, 'keeper_view.py'), keeper.work]
  const { stdout, stderr } = spawnSync(keeper.interpreter, args, { encoding: 'utf8' })
  const says = stdout.trim()
  return says === 'overlay' || says === 'copy' ? says : stderr
}

/** An interpreter that runs as a user without any right, to whom the work folder is given, and a copy of the programs that it may read. */
export function plainPython(context: TestContext, work: string): { readonly interpreter: string; readonly scripts: string } {
  const scripts = join(packageRoot(), 'python')
  if (!isRoot) return { interpreter: python, scripts }
  needs(context, 'setpriv')
  const tools = temporaryFolder()
  const copies = join(tools, 'python')
  cpSync(scripts, copies, { recursive: true, filter: (path) => !path.endsWith('__pycache__') })
  const interpreter = join(tools, 'python3')
  // a program of the package is found among the copies
  const identity = `--reuid ${plainUid} --regid ${plainUid} --clear-groups`
  writeFileSync(
    interpreter,
    `#!/bin/sh
for word do
  shift
  case $word in ${scripts}/*) word=${copies}/\${word##*/} ;; esac
  set -- "$@" "$word"
done
exec setpriv ${identity} ${python} "$@"
`,
    { mode: 0o755 },
  )
  chmodSync(tools, 0o755)
  execFileSync('chown', ['-hR', `${plainUid}:${plainUid}`, work])
  return { interpreter, scripts: copies }
}

/** Mounts of the keeper's work folder that a process sees. */
export const mountsSeen = (keeper: ViewKeeper, pid: number | 'self' = keeper.pid): string[] =>
  readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .split('\n')
    .filter((line) => line.includes(keeper.work))

/** Name of the mount namespace that a process is in; null when it is gone. */
export function namespaceOf(pid: number | 'self'): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`)
  } catch {
    return null
  }
}

/** What a job wrote. */
export const text = (exit: ExitReport): string => Buffer.from(exit.out ?? '', 'base64').toString()
