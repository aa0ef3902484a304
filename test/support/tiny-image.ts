// A small real image with an app `distribute`, made from this machine's own shell. For tests with apptainer.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { privateApptainer } from '../../scripts/setup/apptainer.mjs'
import { plainPath } from './head.ts'

/** PATH of what runs images: the machine's apptainer, else the one that set-up fetched. */
export const containerPath = `${plainPath}:${privateApptainer}`

/** False where no apptainer is on the PATH. */
export function hasApptainer(): boolean {
  return containerPath.split(':').some((folder) => existsSync(join(folder, 'apptainer')))
}

/** Builds it below `folder` and gives its bytes, or says why it could not be built. `app`: lines for /bin/sh, builtins only. */
export function buildTinyImage(folder: string, app: readonly string[]): Buffer | string {
  const root = join(folder, 'rootfs')
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'root', 'var/tmp', 'home', 'input', 'distribute_save'])
    mkdirSync(join(root, name), { recursive: true })
  const libraries = spawnSync('ldd', ['/bin/sh'], { encoding: 'utf8' }).stdout.matchAll(/(\/\S+)/g)
  for (const path of ['/bin/sh', ...[...libraries].map((match) => match[1] ?? '')]) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    copyFileSync(path, join(root, path))
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n')
  for (const name of ['hosts', 'resolv.conf', 'localtime']) writeFileSync(join(root, 'etc', name), '')
  const definition = join(folder, 'image.def')
  const setup = `%setup\n    cp -a ${root}/. \${APPTAINER_ROOTFS}/\n`
  writeFileSync(definition, `Bootstrap: scratch\n${setup}%apprun distribute\n${app.map((line) => `    ${line}\n`).join('')}`)
  const image = join(folder, 'image.sif')
  const build = ['apptainer', 'build', '-F', image, definition]
  // a root without all of root's rights builds inside a user namespace of its own
  const argv = process.getuid?.() === 0 ? ['unshare', '-Urm', ...build] : build
  const env = { PATH: `${containerPath}:/usr/sbin:/sbin`, HOME: folder }
  const run = spawnSync(argv[0] ?? '', argv.slice(1), { env, encoding: 'utf8', timeout: 60_000 })
  return run.status === 0 ? readFileSync(image) : `the image could not be built: ${run.stderr?.slice(-500) ?? run.error?.message}`
}
