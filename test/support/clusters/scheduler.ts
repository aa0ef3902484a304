// A real Slurm or Grid Engine in a sandbox of its own: its first process is ours, and when that is killed the kernel ends all others.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Daemon, logTail, startDaemon } from '../daemon.ts'
import { plainPath } from '../head.ts'
import { until } from '../until.ts'

export type SchedulerKind = 'slurm' | 'sge'

/** Programs that each needs. */
export const schedulerPrograms: Readonly<Record<SchedulerKind, readonly string[]>> = {
  slurm: ['sbatch', 'slurmctld', 'slurmd', 'munged', 'ip', 'unshare', 'nsenter', 'runuser'],
  sge: ['qsub', 'sge_qmaster', 'sge_execd', 'ip', 'unshare', 'nsenter', 'runuser'],
}

export class Scheduler {
  readonly #kind: SchedulerKind
  readonly #folder: string
  readonly #daemon: Daemon

  private constructor(kind: SchedulerKind, folder: string, daemon: Daemon) {
    this.#kind = kind
    this.#folder = folder
    this.#daemon = daemon
  }

  /** Needs root. `folder`: for everything of it, a new one. */
  static async start(kind: SchedulerKind, folder: string): Promise<Scheduler> {
    mkdirSync(folder, { recursive: true })
    const script = fileURLToPath(new URL(`${kind}.sh`, import.meta.url))
    const sandbox = ['--net', '--uts', '--ipc', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const log = join(folder, 'start.log')
    const env = { PATH: `${plainPath}:/usr/sbin:/sbin` }
    const argv = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', 'unshare', ...sandbox, '/bin/sh', script, folder] as const
    const daemon = startDaemon({ argv: [...argv], env, cwd: folder, log })
    const scheduler = new Scheduler(kind, folder, daemon)
    try {
      await until(`${kind} is up`, () => existsSync(join(folder, 'ready')) || !daemon.running(), { within: 40_000 })
      if (!daemon.running()) throw new Error(`${kind} did not start:\n${logTail(log)}`)
    } catch (error) {
      await scheduler.stop()
      throw error
    }
    return scheduler
  }

  /** Runs a program on the cluster, as a person who is logged in there; throws what it says when it fails. */
  run(argv: readonly string[], cwd: string): string {
    const [command = '', ...enter] = this.login()
    const done = spawnSync(command, [...enter, ...argv], { cwd, env: { ...this.env }, encoding: 'utf8', timeout: 30_000 })
    if (done.status !== 0) throw new Error(`${argv.join(' ')}: exit status ${done.status}\n${done.stdout}${done.stderr}`)
    return done.stdout
  }

  /** What goes in front of a command line that runs there, in the folder where it is started. */
  login(): readonly string[] {
    return ['nsenter', '--target', this.#inside(), '--net', '--uts', '--ipc', '--mount', '--pid', '--wd=.', '--']
  }

  /** The whole environment of a person who is logged in there. */
  get env(): Readonly<Record<string, string>> {
    const own =
      this.#kind === 'slurm'
        ? { SLURM_CONF: join(this.#folder, 'etc/slurm.conf') }
        : { SGE_ROOT: '/var/lib/gridengine', SGE_CELL: 'default', SGE_QMASTER_PORT: '6444', SGE_EXECD_PORT: '6445' }
    return { PATH: `${plainPath}:/usr/sbin:/sbin`, HOME: this.#folder, ...own }
  }

  /** What it says about its jobs, for messages. */
  report(cwd: string): string {
    try {
      return this.run(this.#kind === 'slurm' ? ['squeue', '-l'] : ['qstat', '-f'], cwd)
    } catch (error) {
      return String(error)
    }
  }

  async stop(): Promise<void> {
    await this.#daemon.kill('SIGKILL')
  }

  /** pid of the sandbox's first process, as it is seen from outside */
  #inside(): string {
    const { pid } = this.#daemon
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  }
}
