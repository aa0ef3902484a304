// The units of --install-service under a real systemd: jobs outlive their agent, and whoever was told to leave stays away.
import { expect, test } from 'vitest'
import { underSystemd } from '../support/user-systemd.ts'

const script = `
state() { systemctl --user show --property=ActiveState,SubState,NRestarts --value "$1" | tr '\\n' ' '; }
wait_for() { until [ "$(state dist-agent)" = "$1" ]; do sleep 0.05; done; }

dist_server --install-service
systemctl --user daemon-reload
systemctl --user enable --now dist-server
until dist --patience 1 nodes >/dev/null 2>&1; do sleep 0.1; done

eval "$(dist node invite | sed s/dist-agent/dist_agent/) --install-service"
mkdir .config/systemd/user/dist-agent.service.d
printf '[Service]\\nRestartSec=100ms\\n' > .config/systemd/user/dist-agent.service.d/override.conf
systemctl --user daemon-reload
systemctl --user enable --now dist-agent

cat > jobs.yaml <<'END'
meta: { namespace: test, batch_name: long, capabilities: [] }
shell:
  initialize: {}
  jobs: [{ name: job, run: 'touch "$HOME/begun"; until [ -e "$HOME/go" ]; do sleep 0.05; done' }]
END
dist add jobs.yaml
until [ -e begun ]; do sleep 0.05; done

systemctl --user kill --kill-who=main --signal=SIGKILL dist-agent
wait_for '1 active running '
touch go
dist wait last
dist jobs last
echo "after a kill: $(state dist-agent)"

dist node drain '*'
wait_for '1 inactive dead '
echo "after a drain: $(state dist-agent)"

systemctl --user stop dist-server
systemctl --user show --property=Result dist-server
echo "left: $(ps -e -o args= | grep -c '[l]auncher-main')"
`

test('an agent that is killed is back, its job went on; one that was drained stays away; the head ends cleanly', async (context) => {
  const said = await underSystemd(context, script)
  expect(said).toMatch(/^ *job +succeeded +\S+ +1 /m)
  expect(said).toContain('after a kill: 1 active running')
  expect(said).toContain('after a drain: 1 inactive dead')
  expect(said).toContain('Result=success')
  expect(said).toContain('left: 0')
  expect(said).toContain('loginctl enable-linger')
})
