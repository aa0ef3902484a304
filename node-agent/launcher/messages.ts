// Every message between agent, launcher and keeper (docs/keeper-protocol.md), as types. The agent builds orders and
// reads reports; the launcher passes lists on and speaks only its own few.

/** [path in `input/`, sha256, mode, file to take it from] */
export type TemplateFile = readonly [rel: string, sha256: string, mode: number, src: string]
/** the same and how: `c` copy from src, `m` move src in (prepared on the same file system) */
export type StagedFile = readonly [rel: string, sha256: string, mode: number, src: string, how: 'c' | 'm']
/** [name in the workspace, sha256, mode, file to copy it from] */
export type ScriptFile = readonly [name: string, sha256: string, mode: number, src: string]
/** [path in `distribute_save/`, mode, content in base64] */
export type SavedFile = readonly [rel: string, mode: number, base64: string]

export type RunKind = 'job' | 'build'
export type Environment = Readonly<Record<string, string>>

// ---- agent to keeper ------------------------------------------------------------------------------

/** `home` holds what differs in this slot: input/, distribute_save/, and the written part (overlay) or all of the tree (copy). */
export interface View {
  readonly kind: 'overlay' | 'copy'
  readonly home: string
}

export interface TemplateOrder {
  readonly op: 'tmpl'
  readonly t: string
  /** absolute path of the workspace */
  readonly w: string
  /** the keeper's jobs see a copy-on-write view of `w` at that very path, kept in `home`; absent = `w` itself */
  readonly view?: View
  /** the whole environment of its jobs, each run's own `env` is added */
  readonly env: Environment
  readonly files: readonly TemplateFile[]
}

export interface RunOrder {
  readonly op: 'run'
  readonly id: string
  readonly t: string
  readonly k: RunKind
  readonly argv: readonly string[]
  readonly env: Environment
  readonly files: readonly StagedFile[]
  readonly script: ScriptFile | null
  /** seconds, or null */
  readonly limit: number | null
  /** bytes: its processes together get no more, where the agent may write a memory cgroup */
  readonly memory?: number
  /** added to the agent's own nice value; absent or 0 costs nothing */
  readonly nice?: number
  /** the only CPUs that it may use; absent = all that the keeper may */
  readonly cpus?: readonly number[]
}

export interface DropOrder {
  readonly op: 'drop'
  readonly ids: readonly string[]
}

export interface KillOrder {
  readonly op: 'kill'
  readonly id: string
  /** seconds between SIGTERM and SIGKILL; 0 = SIGKILL at once */
  readonly grace: number
  /** told in the exit report; `cancel`: the head ordered it, `kill`: agent or launcher end */
  readonly why: 'cancel' | 'kill' | 'timeout'
}

export interface ForgetOrder {
  readonly op: 'forget'
  readonly ids: readonly string[]
}

export interface InventoryOrder {
  readonly op: 'inv'
}

export type KeeperOrder = TemplateOrder | RunOrder | DropOrder | KillOrder | ForgetOrder | InventoryOrder

// ---- keeper to agent ------------------------------------------------------------------------------

export interface StartReport {
  readonly e: 'start'
  readonly id: string
  readonly k: RunKind
  readonly pid: number
  /** wall ms */
  readonly at: number
}

/** What an exit report and the journal's exit record have in common. */
export interface ExitFacts {
  readonly id: string
  readonly k: RunKind
  /** raw wait status */
  readonly st: number
  /** `lost` only in a journal: the keeper died before it could see the end */
  readonly why: null | 'cancel' | 'kill' | 'timeout' | 'lost'
  /** start, wall ms */
  readonly at: number
  /** microseconds: monotonic run time, user and system time of the whole tree */
  readonly wall: number
  readonly ut: number
  readonly stm: number
  /** largest process of the tree, KiB */
  readonly rss: number
  /** its leaf ran out of memory and the kernel killed there; only ever with a limit that was enforced */
  readonly oom?: true
  /** bytes: peak of all its processes together, as `src` tells; absent = `rss` is more, or all that is known */
  readonly peak?: number
  /** `cgroup-v1` (counts page cache), `cgroup-v2`, or `sampled` from /proc by a plain keeper */
  readonly src?: string
  /** output in base64, null = in attempts/<id>/stdout.cut.txt if that exists, else stdout.txt */
  readonly out: string | null
  readonly outn: number
  /** content of `distribute_save`, null = in attempts/<id>/save/ */
  readonly files: readonly SavedFile[] | null
  /** its empty folders */
  readonly dirs: readonly string[]
  /** attempts/<id>/ holds something */
  readonly big: boolean
  /** something a person should be told, e.g. that `distribute_save` was replaced by a link */
  readonly note?: string
}

export interface ExitReport extends ExitFacts {
  readonly e: 'exit'
}

export interface FailReport {
  readonly e: 'fail'
  readonly id: string
  readonly k: RunKind
  /** `full`: the disk of the node was */
  readonly err: 'stage' | 'spawn' | 'full'
  readonly msg: string
}

export interface DroppedReport {
  readonly e: 'dropped'
  readonly ids: readonly string[]
}

export interface InventoryReport {
  readonly e: 'inv'
  /** the running attempt; k, pid and at (wall ms) are its, or null, 0 and 0 */
  readonly run: string | null
  readonly k: RunKind | null
  readonly pid: number
  readonly at: number
  /** its output file is attempts/<run>/stdout.txt already */
  readonly big: boolean
  readonly queue: readonly string[]
  /** attempts in the journal that were not forgotten */
  readonly journal: readonly string[]
}

export interface MovedReport {
  readonly e: 'moved'
  readonly id: string
}

export type KeeperReport = StartReport | ExitReport | FailReport | DroppedReport | InventoryReport | MovedReport

// ---- agent to launcher and back ---------------------------------------------------------------------

/** A trial's job will connect there; what it sends goes to attempts/<id>/frames. */
export interface ListenOrder {
  readonly op: 'listen'
  readonly id: string
  readonly at: { readonly kind: 'socket'; readonly host: string } | { readonly kind: 'unix'; readonly path: string }
}

/** `python` null: there is none, the keepers are plain ones */
export type LauncherOrder =
  | { readonly op: 'slots'; readonly n: number; readonly python: string | null }
  | { readonly op: 'sync'; readonly id: number }
  | { readonly op: 'stop'; readonly grace: number }
  | { readonly op: 'ping' }
  | ListenOrder
  /** its job has ended: what it sent is read to the end and synced */
  | { readonly op: 'drain'; readonly id: string }
  | { readonly op: 'unlisten'; readonly ids: readonly string[] }

export interface HelloEvent {
  readonly e: 'hello'
  readonly version: number
  /** of the launcher */
  readonly pid: number
  /** boot id of the machine */
  readonly boot: string
  /** pid of each living keeper by slot */
  readonly keepers: Readonly<Record<string, number>>
  /** attempts that it listens for; since version 2 */
  readonly listening?: readonly string[]
}

export interface KeeperEvent {
  readonly e: 'keeper'
  readonly slot: number
  readonly pid: number
}

export interface GoneEvent {
  readonly e: 'gone'
  readonly slot: number
  /** exit code, or minus the signal's number; null when it could not be started */
  readonly status: number | null
  /** why it could not be started */
  readonly error?: string
}

export interface SyncedEvent {
  readonly e: 'synced'
  readonly id: number
  readonly ok: boolean
}

export interface PongEvent {
  readonly e: 'pong'
}

export interface ListeningEvent {
  readonly e: 'listening'
  readonly id: string
  /** 0 for a path, and after an error */
  readonly port: number
  readonly error: string | null
}

export interface DrainedEvent {
  readonly e: 'drained'
  readonly id: string
  /** what of it was not kept */
  readonly problem: string | null
}

export type LauncherEvent = HelloEvent | KeeperEvent | GoneEvent | SyncedEvent | PongEvent | ListeningEvent | DrainedEvent
