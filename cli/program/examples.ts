// Examples below the help of each command, by its words. One list, so that the test that wants one for every command and a
// person who looks for them find them together.
import type { Command } from 'commander'

/** By words of the command. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  add: ['dist add', 'dist add jobs.yaml --wait --pull results', 'dist add jobs.yaml --set alpha=0.5 --new-version'],
  check: ['dist check jobs.yaml', 'dist check --show-caps'],
  template: ['dist template python --output jobs.yaml', 'dist template shell'],
  schema: ['dist schema > ~/jobs.schema.json'],
  status: ['dist status', 'dist status --all --limit 200', 'dist status --json | jq .nodes'],
  jobs: ['dist jobs anna/sweep', 'dist jobs last --state failed', "dist jobs 'anna/sweep/re_*'"],
  show: ['dist show last', 'dist show anna/sweep', 'dist show anna/sweep/re_100'],
  top: ['dist top', 'dist top --every 10'],
  wait: ['dist wait', 'dist wait anna/sweep && dist pull anna/sweep'],
  watch: ['dist watch last', 'dist watch', 'dist watch --json | jq .kind'],
  logs: ['dist logs anna/sweep/re_100', 'dist logs last/re_100 -f', 'dist logs --build last'],
  pull: ['dist pull', "dist pull anna/sweep --save-dir out --include 'csv$'", 'dist pull last --follow'],
  results: [
    'dist results anna/tune --sort loss',
    "dist results last --where 'loss < 0.5 and n >= 3' --csv > good.csv",
    'dist results last --watch --output results.csv',
    'dist results last --plot tune.svg',
  ],
  'search run': [
    'dist search run batch.py',
    'dist search run batch.py --python ~/venv/bin/python --setup ". ~/venv/bin/activate"',
    'dist search run batch.py --resources cores=4,memory=8GiB --detach',
  ],
  'search import': ['dist search import batch.py --output jobs.yaml'],
  'search show': ['dist search show last', 'dist search show anna/tune'],
  'search extend': ['dist search extend anna/tune --num-samples +100', 'dist search extend -f tune.yaml --num-samples +100'],
  'search stop': ['dist search stop anna/tune', 'dist search stop last --cancel'],
  'search retry': ['dist search retry anna/tune --failed'],
  'search importance': ['dist search importance anna/tune', 'dist search importance last --python ~/venv/bin/python'],
  kill: ['dist kill anna/sweep', "dist kill 'anna/sweep/re_*'", 'dist kill last'],
  retry: ['dist retry anna/sweep --failed', 'dist retry anna/sweep/re_100'],
  resume: ['dist resume anna/sweep', "dist resume 'anna/*'"],
  hold: ['dist hold anna/sweep', "dist hold 'anna/*'"],
  release: ['dist release anna/sweep', 'dist release anna/sweep/re_100'],
  priority: ['dist priority anna/sweep 10', 'dist priority last -5'],
  nodes: ['dist nodes'],
  'node show': ['dist node show lab1'],
  'node pause': ['dist node pause lab1', 'dist node pause lab1 --for 2h', "dist node pause 'lab*'"],
  'node resume': ['dist node resume lab1'],
  'node drain': ['dist node drain lab1', 'dist node drain lab1 --timeout 30m'],
  'node clear': ['dist node clear lab1'],
  'node invite': ['dist node invite'],
  login: [
    'dist login http://lab-head:8952 --name lab',
    'dist login http://lab-head:8952 --token-file token.txt',
    'dist login lab',
    'dist login',
  ],
  logout: ['dist logout', 'dist logout lab'],
  'token create': ['dist token create --role user --name anna'],
  'token list': ['dist token list'],
  'token revoke': ['dist token revoke 1f3a'],
  serve: ['dist serve', 'dist serve --data /srv/dist', 'dist serve --data /srv/dist --install-service'],
  up: ['dist up jobs.yaml --save-dir results', 'dist up'],
  run: ['dist run', 'dist run --job re_100 --clean-save'],
  slurm: ['dist slurm bundle jobs.yaml', 'dist slurm bundle && sh bundle/rsync_upload.sh me@cluster:runs'],
  sge: ['dist sge bundle jobs.yaml', 'dist sge bundle && sh bundle/rsync_upload.sh me@cluster:runs'],
  import: ['dist import bundle', 'dist import bundle --dry'],
  backup: ['dist backup /mnt/backup/dist-$(date +%F)'],
  verify: ['dist verify', 'dist verify --json > verify.json'],
  gc: ['dist gc --dry', 'dist gc'],
  doctor: ['dist doctor', 'dist doctor --data /srv/dist'],
  restore: ['dist restore /mnt/backup/dist-2026-03-01', 'dist restore /mnt/backup/dist-2026-03-01 --data /srv/dist'],
  completion: ['eval "$(dist completion bash)"', 'eval "$(dist completion zsh)"', 'dist completion fish | source'],
}

/** Puts them below the help of every command of the program. */
export function addExamples(program: Command): void {
  const visit = (command: Command, words: readonly string[]): void => {
    const lines = examples[words.join(' ')]
    if (lines !== undefined)
      command.addHelpText('after', `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}`)
    for (const inner of command.commands) visit(inner, [...words, inner.name()])
  }
  visit(program, [])
}
