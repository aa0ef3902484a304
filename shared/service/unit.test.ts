import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { needs } from '../../test/support/needs.ts'
import { renderUnit, type UnitPlan } from './unit.ts'

const agent: UnitPlan = {
  daemon: 'dist-agent',
  account: 'dist',
  command: ['/usr/bin/node', '/opt/dist/build/node-agent/main.js', '--work', '/var/lib/dist agent', '--name', 'lab 1'],
  folder: '/var/lib/dist agent',
  path: '/usr/local/bin:/usr/bin:/bin',
  stopWithin: 90_000,
  systemd: 254,
}
const head: UnitPlan = {
  ...agent,
  daemon: 'dist-server',
  command: ['/usr/bin/node', '/opt/dist/build/server/main.js', '--data', '/srv/dist'],
  folder: '/srv/dist',
}

test('a system unit of an agent', () => {
  expect(renderUnit(agent)).toMatchInlineSnapshot(`
    "# written by dist-agent --install-service; --force writes it again. Changes of your own: systemctl edit dist-agent
    [Unit]
    Description=dist agent: works on the jobs of a head
    Wants=network-online.target
    After=network-online.target
    RequiresMountsFor="/var/lib/dist agent"
    StartLimitIntervalSec=0

    [Service]
    Type=exec
    ExecStart=/usr/bin/node /opt/dist/build/node-agent/main.js --work "/var/lib/dist agent" --name "lab 1"
    User=dist
    Environment=PATH=/usr/local/bin:/usr/bin:/bin
    Restart=always
    RestartSec=5
    # 0: it was asked to leave (dist node drain). 2: its options are wrong, or it has joined no head.
    RestartPreventExitStatus=0 2
    TimeoutStopSec=90
    OOMPolicy=continue
    # an agent that dies or is updated leaves its jobs running; the next one takes them over
    KillMode=process
    # memory limits of jobs are cgroups below its own
    Delegate=yes
    DelegateSubgroup=agent
    TasksMax=infinity

    [Install]
    WantedBy=multi-user.target
    "
  `)
})

test('a system unit of a head', () => {
  expect(renderUnit(head)).toMatchInlineSnapshot(`
    "# written by dist-server --install-service; --force writes it again. Changes of your own: systemctl edit dist-server
    [Unit]
    Description=dist head: gives jobs to agents and keeps their results
    Wants=network-online.target
    After=network-online.target
    RequiresMountsFor=/srv/dist
    StartLimitIntervalSec=0

    [Service]
    Type=exec
    ExecStart=/usr/bin/node /opt/dist/build/server/main.js --data /srv/dist
    User=dist
    Environment=PATH=/usr/local/bin:/usr/bin:/bin
    Restart=always
    RestartSec=5
    # wrong options do not get better
    RestartPreventExitStatus=2
    TimeoutStopSec=90
    OOMPolicy=continue
    KillMode=mixed
    LimitNOFILE=65536
    NoNewPrivileges=yes
    ProtectSystem=full
    ProtectKernelTunables=yes
    ProtectKernelModules=yes
    ProtectControlGroups=yes
    RestrictSUIDSGID=yes
    LockPersonality=yes

    [Install]
    WantedBy=multi-user.target
    "
  `)
})

test("a user's own units have nothing that needs root, and start with the user's manager", () => {
  expect(renderUnit({ ...head, account: null })).toMatchInlineSnapshot(`
    "# written by dist-server --install-service; --force writes it again. Changes of your own: systemctl --user edit dist-server
    [Unit]
    Description=dist head: gives jobs to agents and keeps their results
    StartLimitIntervalSec=0

    [Service]
    Type=exec
    ExecStart=/usr/bin/node /opt/dist/build/server/main.js --data /srv/dist
    Environment=PATH=/usr/local/bin:/usr/bin:/bin
    Restart=always
    RestartSec=5
    # wrong options do not get better
    RestartPreventExitStatus=2
    TimeoutStopSec=90
    OOMPolicy=continue
    KillMode=mixed
    LimitNOFILE=65536
    NoNewPrivileges=yes

    [Install]
    WantedBy=default.target
    "
  `)
  expect(renderUnit({ ...agent, account: null })).not.toMatch(/User=|network-online|multi-user|RequiresMountsFor/)
})

test('a systemd before 254 is not told of a cgroup for the agent itself', () => {
  expect(renderUnit({ ...agent, systemd: 252 })).not.toContain('DelegateSubgroup')
  expect(renderUnit({ ...agent, systemd: null })).not.toContain('DelegateSubgroup')
})

test('what systemd would expand stands for itself', () => {
  const unit = renderUnit({ ...agent, command: ['/n', '--name', 'a%b $HOME "x" c\\d'], folder: '/a%b/$c', path: '/x y' })
  expect(unit).toContain('ExecStart=/n --name "a%%b $$HOME \\"x\\" c\\\\d"')
  expect(unit).toContain('RequiresMountsFor=/a%%b/$c')
  expect(unit).toContain('Environment="PATH=/x y"')
})

test('a line break cannot bring in a directive', () => {
  expect(() => renderUnit({ ...agent, command: ['/n', 'x\nExecStartPre=/bin/evil'] })).toThrow(/control character/)
})

test('systemd finds nothing wrong with them', (context) => {
  needs(context, 'systemd-analyze', 'systemctl')
  const folder = mkdtempSync(join(tmpdir(), 'dist-unit-'))
  try {
    const version = Number(/^systemd (\d+)/.exec(spawnSync('systemctl', ['--version'], { encoding: 'utf8' }).stdout)?.[1])
    const check = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      const run = spawnSync('systemd-analyze', ['verify', '--man=no', join(folder, name)], { encoding: 'utf8' })
      return { status: run.status, said: run.stderr }
    }
    for (const plan of [agent, head]) {
      for (const account of ['root', null]) {
        const odd = ['/usr/bin/env', '--name', 'a%b $HOME "x" c\\d']
        const text = renderUnit({ ...plan, account, command: odd, systemd: version })
        expect(check(`${plan.daemon}.service`, text)).toEqual({ status: 0, said: '' })
      }
    }
    // it would have told
    expect(check('wrong.service', renderUnit({ ...agent, command: ['/no/such/program'] })).said).toContain('/no/such/program')
    expect(check('odd.service', `${renderUnit(head)}[Service]\nKillMood=mixed\n`).said).toContain('KillMood')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
