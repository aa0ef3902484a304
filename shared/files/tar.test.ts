// packTar and readTar against each other, against GNU tar, and against archives that mean harm.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DistError } from '../base/errors.ts'
import { readTar, type TarEntry, type TarLimits } from './tar-extract.ts'
import { packTar, type TarSource } from './tar-pack.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-tar-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Seen = TarEntry & { readonly text: string }

async function seen(source: AsyncIterable<Uint8Array>, limits: TarLimits = {}): Promise<Seen[]> {
  const all: Seen[] = []
  await readTar(
    source,
    async (entry, body) => {
      const chunks: Buffer[] = []
      for await (const chunk of body) chunks.push(chunk)
      all.push({ ...entry, text: Buffer.concat(chunks).toString() })
    },
    limits,
  )
  return all
}

function data(path: string, text: string, mode = 0o644): TarSource {
  return { kind: 'file', path, size: Buffer.byteLength(text), mode, data: Buffer.from(text) }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

type Header = Parameters<ReturnType<typeof pack>['entry']>[0]

function hostile(header: Header, body = ''): AsyncIterable<Uint8Array> {
  const tar = pack()
  tar.entry(header, body)
  tar.finalize()
  return tar as AsyncIterable<Uint8Array>
}

async function refused(source: AsyncIterable<Uint8Array>, limits: TarLimits = {}): Promise<string> {
  const error = await seen(source, limits).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof DistError)) throw new Error(`not refused: ${String(error)}`)
  return `${error.code}: ${error.message}`
}

async function bytes(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('files, folders and links come out as they went in', async () => {
  const disk = join(folder, 'disk.bin')
  writeFileSync(disk, 'from disk')
  const long = `${'d'.repeat(120)}/${'e'.repeat(200)}/f.txt`
  const sources: TarSource[] = [
    { kind: 'folder', path: 'out' },
    data('out/a.csv', '1,2\n'),
    data('out/empty', ''),
    data('run.sh', '#!', 0o755),
    { kind: 'file', path: 'disk', size: 9, mode: 0o644, file: disk },
    { kind: 'link', path: 'out/link', target: '../run.sh' },
    data('größe/ä b.txt', 'ü'),
    data(long, 'deep'),
  ]
  expect(await seen(packTar(sources))).toEqual([
    { kind: 'folder', path: 'out', text: '' },
    { kind: 'file', path: 'out/a.csv', size: 4, mode: 0o644, text: '1,2\n' },
    { kind: 'file', path: 'out/empty', size: 0, mode: 0o644, text: '' },
    { kind: 'file', path: 'run.sh', size: 2, mode: 0o755, text: '#!' },
    { kind: 'file', path: 'disk', size: 9, mode: 0o644, text: 'from disk' },
    { kind: 'link', path: 'out/link', target: '../run.sh', text: '' },
    { kind: 'file', path: 'größe/ä b.txt', size: 2, mode: 0o644, text: 'ü' },
    { kind: 'file', path: long, size: 4, mode: 0o644, text: 'deep' },
  ])
})

test('GNU tar reads what packTar makes, and readTar what GNU tar makes', async () => {
  const archive = join(folder, 'a.tar')
  writeFileSync(archive, await bytes(packTar([data('a/b.txt', 'hello', 0o755), { kind: 'link', path: 'l', target: 'a/b.txt' }])))
  execFileSync('tar', ['-xf', archive, '-C', folder])
  expect(readFileSync(join(folder, 'l'), 'utf8')).toBe('hello')
  expect(statSync(join(folder, 'a/b.txt')).mode & 0o777).toBe(0o755)
  const back = execFileSync('tar', ['-cf', '-', 'a', 'l'], { cwd: folder })
  expect((await seen(Readable.from([back]))).map((entry) => entry.path)).toEqual(['a', 'a/b.txt', 'l'])
})

test('an archive of nothing is whole', async () => {
  expect(await seen(packTar([]))).toEqual([])
})

test('ten thousand small files leave in large chunks and arrive one by one', async () => {
  const disk = join(folder, 'small')
  writeFileSync(disk, 'x'.repeat(300))
  function* many(): Generator<TarSource> {
    for (let i = 0; i < 10_000; i++) yield { kind: 'file', path: `job_${i}/x`, size: 300, mode: 0o644, file: disk }
  }
  let chunks = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of packTar(many()) as AsyncIterable<Buffer>) {
      chunks++
      yield chunk
    }
  }
  let count = 0
  await readTar(counted(), async () => {
    count++
  })
  expect(count).toBe(10_000)
  expect(chunks).toBeLessThan(60)
})

test('a large file is streamed', async () => {
  const disk = join(folder, 'large')
  writeFileSync(disk, Buffer.alloc(24 << 20, 3))
  let taken = 0
  await readTar(packTar([{ kind: 'file', path: 'large', size: 24 << 20, mode: 0o644, file: disk }]), async (_, body) => {
    for await (const chunk of body) taken += chunk.length
  })
  expect(taken).toBe(24 << 20)
})

test('nothing is read ahead of a reader that is busy', async () => {
  const piece = Buffer.alloc(1 << 16)
  const whole = await bytes(packTar([data('large', 'x'.repeat(8 << 20))]))
  let given = 0
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < whole.length; at += piece.length) {
      given += piece.length
      yield whole.subarray(at, at + piece.length)
    }
  }
  let ahead = 0
  await readTar(pieces(), async (_, body) => {
    for await (const _chunk of body) {
      // time for all of it, if nothing held it back
      if (ahead === 0) for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve))
      ahead ||= given
    }
  })
  expect(ahead).toBeLessThan(1 << 20)
  expect(given).toBeGreaterThan(8 << 20)
})

test('a body that nobody reads is skipped', async () => {
  const names: string[] = []
  await readTar(packTar([data('a', 'x'.repeat(3_000_000)), data('b', 'y')]), async (entry) => {
    names.push(entry.path)
  })
  expect(names).toEqual(['a', 'b'])
})

test('a file that changed since it was listed fails the stream and is named', async () => {
  for (const size of [5, 3 << 20]) {
    const disk = join(folder, 'changing')
    writeFileSync(disk, Buffer.alloc(size))
    for (const wrong of [size - 1, size + 1]) {
      const source: TarSource = { kind: 'file', path: 'f', size: wrong, mode: 0o644, file: disk }
      await expect(bytes(packTar([source]))).rejects.toThrow(`${disk} changed while it was sent: it had ${wrong} bytes`)
    }
  }
  const gone: TarSource = { kind: 'file', path: 'f', size: 5, mode: 0o644, file: join(folder, 'gone') }
  await expect(bytes(packTar([gone]))).rejects.toThrow(/cannot read .*gone/)
})

test('a reader that leaves early ends the sources', async () => {
  let ended = false
  async function* endless(): AsyncGenerator<TarSource> {
    try {
      for (let i = 0; ; i++) yield data(`f${i}`, 'x'.repeat(10_000))
    } finally {
      ended = true
    }
  }
  const stream = packTar(endless())
  for await (const _ of stream) break
  await expect.poll(() => ended).toBe(true)
})

test('a reader that leaves in the middle of a large file closes it', async () => {
  const disk = join(folder, 'large')
  writeFileSync(disk, Buffer.alloc(24 << 20))
  const isOpen = () => readdirSync('/proc/self/fd').some((fd) => linkOf(`/proc/self/fd/${fd}`) === disk)
  for await (const _ of packTar([{ kind: 'file', path: 'large', size: 24 << 20, mode: 0o644, file: disk }])) {
    expect(isOpen()).toBe(true)
    break
  }
  await expect.poll(isOpen).toBe(false)
})

test('what fails in the source or in the callback is thrown as it is', async () => {
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(100)
    throw new Error('socket gone')
  }
  await expect(seen(breaking())).rejects.toThrow('socket gone')
  const reading = readTar(packTar([data('a', 'x'), data('b', 'y')]), async () => {
    throw new Error('disk full')
  })
  await expect(reading).rejects.toThrow('disk full')
})

test('a failing callback leaves the source alive for its owner', async () => {
  const source = new Readable({ read: () => undefined })
  source.push(await bytes(packTar([data('a', 'x'.repeat(2000))])).then((all) => all.subarray(0, 1024)))
  await expect(
    readTar(source, async () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(source.destroyed).toBe(false)
  source.destroy()
})

test('paths that lead out are refused', async () => {
  for (const name of ['../x', 'a/../../x', '/etc/x', 'a//b', './x', 'a/./b', 'a\\b', 'a\nb', 'x'.repeat(300), 'y/'.repeat(600)]) {
    expect(await refused(hostile({ name }, 'x'))).toMatch(/^bad_path: unsafe path/)
  }
  expect(await refused(hostile({ name: 'x', pax: { path: 'a\0b' } }, 'x'))).toMatch(/control character/)
  expect(await refused(hostile({ name: '../', type: 'directory' }))).toMatch(/^bad_path/)
})

test('links that lead out, hard links and devices are refused', async () => {
  for (const linkname of ['/etc/passwd', '../x', 'a/../../x', '']) {
    expect(await refused(hostile({ name: 'l', type: 'symlink', linkname }))).toMatch(/^bad_archive: the link "l" leads out/)
  }
  for (const type of ['link', 'character-device', 'block-device', 'fifo'] as const) {
    expect(await refused(hostile({ name: 'd', type, linkname: 'x' }))).toBe(
      `bad_archive: "d" is a ${type}: only files, folders and links are taken`,
    )
  }
})

test('an archive that is cut anywhere is refused', async () => {
  const whole = await bytes(packTar([data('a', 'x'.repeat(700)), data('b', 'y')]))
  for (const length of [0, 1, 511, 512, 600, 512 + 700, 1536, 2048, 2049, 2560, whole.length - 513, whole.length - 1]) {
    expect(await refused(Readable.from([whole.subarray(0, length)]))).toMatch(/^bad_archive/)
  }
  const bytewise = Readable.from(
    (function* () {
      for (const byte of whole) yield Buffer.from([byte])
    })(),
  )
  expect(await seen(bytewise)).toHaveLength(2)
})

test('noise is refused', async () => {
  expect(await refused(Readable.from([Buffer.alloc(4096, 'hello')]))).toMatch(/^bad_archive: not a tar archive/)
})

test('too many entries and too large entries are refused before they are read', async () => {
  const many = () => packTar([data('a', '1'), data('b', '2'), data('c', '3')])
  expect(await refused(many(), { maxEntries: 2 })).toBe('too_large: the archive has more than 2 entries')
  expect(await seen(many(), { maxEntries: 3 })).toHaveLength(3)
  expect(await refused(packTar([data('a', '12345')]), { maxEntryBytes: 4 })).toMatch(/^too_large: "a" has 5 bytes/)
})
