// The text of a systemd unit for one of the two daemons. Pure; install-unit.ts writes it.
// Directives as in systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.kill(5) and systemd.resource-control(5).
import { quoteWord } from './quote.ts'

export type Daemon = 'dist-server' | 'dist-agent'

export interface UnitPlan {
  readonly daemon: Daemon
  /** the account of a system unit; null = a unit of the user's own manager */
  readonly account: string | null
  /** absolute path of the program, then its arguments */
  readonly command: readonly string[]
  /** absolute path of its data or work folder */
  readonly folder: string
  /** PATH that the daemon gets: interpreters and compilers are found there */
  readonly path: string
  /** ms that it may take to end when it is stopped */
  readonly stopWithin: number
  /** of the systemd that will read it; null = not known */
  readonly systemd: number | null
}

/** First version that can start a service in a cgroup below its own. */
const subgroupSince = 254

/** Throws `usage` for a path or argument that no unit can hold. */
export function renderUnit(plan: UnitPlan): string {
  const isAgent = plan.daemon === 'dist-agent'
  const isSystem = plan.account !== null
  const sections = [
    [
      `# written by ${plan.daemon} --install-service; --force writes it again. Changes of your own: systemctl ${isSystem ? '' : '--user '}edit ${plan.daemon}`,
      '[Unit]',
      `Description=dist ${isAgent ? 'agent: works on the jobs of a head' : 'head: gives jobs to agents and keeps their results'}`,
      // a user's manager knows neither target nor foreign mounts; both daemons try again by themselves
      ...(isSystem
        ? ['Wants=network-online.target', 'After=network-online.target', `RequiresMountsFor=${quoteWord(plan.folder, 'specifiers')}`]
        : []),
      'StartLimitIntervalSec=0',
    ],
    [
      '[Service]',
      'Type=exec',
      `ExecStart=${plan.command.map((word) => quoteWord(word, 'command')).join(' ')}`,
      ...(plan.account === null ? [] : [`User=${plan.account}`]),
      `Environment=${quoteWord(`PATH=${plan.path}`, 'specifiers')}`,
      'Restart=always',
      'RestartSec=5',
      ...(isAgent ? agentRestart : headRestart),
      `TimeoutStopSec=${Math.ceil(plan.stopWithin / 1000)}`,
      'OOMPolicy=continue',
      ...(isAgent ? agentLines(plan.systemd) : headLines(isSystem)),
    ],
    ['[Install]', `WantedBy=${isSystem ? 'multi-user.target' : 'default.target'}`],
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

const agentRestart = [
  '# 0: it was asked to leave (dist node drain). 2: its options are wrong, or it has joined no head.',
  'RestartPreventExitStatus=0 2',
]

const headRestart = ['# wrong options do not get better', 'RestartPreventExitStatus=2']

/** Nothing here that jobs would feel: no NoNewPrivileges (setuid apptainer), no private /tmp, no read-only folders, no limits. */
function agentLines(systemd: number | null): readonly string[] {
  return [
    '# an agent that dies or is updated leaves its jobs running; the next one takes them over',
    'KillMode=process',
    '# memory limits of jobs are cgroups below its own',
    'Delegate=yes',
    ...(systemd !== null && systemd >= subgroupSince ? ['DelegateSubgroup=agent'] : []),
    'TasksMax=infinity',
  ]
}

function headLines(isSystem: boolean): readonly string[] {
  const common = ['KillMode=mixed', 'LimitNOFILE=65536', 'NoNewPrivileges=yes']
  // these need a manager that is root
  const asRoot = ['ProtectSystem=full', 'ProtectKernelTunables=yes', 'ProtectKernelModules=yes', 'ProtectControlGroups=yes']
  return isSystem ? [...common, ...asRoot, 'RestrictSUIDSGID=yes', 'LockPersonality=yes'] : common
}
