// rsync_upload.sh and rsync_download.sh of a bundle. Pure.
import { shWord } from './sh-text.ts'

/** As the original asks for it; null = an argument of the script. */
export type Cluster = { readonly username: string; readonly address: string; readonly destination: string } | null

function target(cluster: Cluster): string[] {
  const known = cluster === null ? '' : `${cluster.username}@${cluster.address}:${cluster.destination}`
  return [
    `target=\${1:-${known === '' ? '' : '"$known"'}}`,
    'if [ -z "$target" ]; then',
    '  echo "usage: sh $(basename "$0") USER@HOST:FOLDER   (a folder there, in which the bundle lies)" >&2',
    '  exit 2',
    'fi',
  ].flatMap((line, index) => (index === 0 && known !== '' ? [`known=${shWord(known)}`, line] : [line]))
}

const here = ['here=$(cd "$(dirname "$0")" && pwd)', 'name=$(basename "$here")']

export function uploadScript(cluster: Cluster): string {
  const lines = [
    '#!/bin/sh',
    '# copies the bundle to the cluster; may be repeated',
    'set -eu',
    ...here,
    ...target(cluster),
    'rsync -rlpt --safe-links "$here" "$target"',
    'echo "there: cd $name && sh schedule_jobs.sh"',
  ]
  return `${lines.join('\n')}\n`
}

export function downloadScript(cluster: Cluster): string {
  const lines = [
    '#!/bin/sh',
    '# fetches what the jobs left on the cluster into this bundle; may be repeated. Then: dist import FOLDER',
    'set -eu',
    ...here,
    ...target(cluster),
    '# status last: a job without one is not taken for finished',
    'rsync -rlpt --safe-links --exclude /work --exclude /build --exclude \'/*/input\' --exclude \'/*/status\' "$target/$name/" "$here/"',
    "rsync -rlpt --safe-links --include '/*/' --include '/*/status' --include /build.status --exclude '*' \"$target/$name/\" \"$here/\"",
  ]
  return `${lines.join('\n')}\n`
}
