// What may come over a trial's connections, and what is kept of it.

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { until } from '../../test/support/until.ts'
import { FramesFile, framesPath, readFrames } from './frames-file.ts'
import { TrialListener } from './trial-listener.ts'
import { TrialListeners } from './trial-listeners.ts'

let folder = ''
let logged: string[] = []
let listener: TrialListener
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-frames-'))
  logged = []
  listener = new TrialListener(framesPath(folder), (text) => logged.push(text))
  onTestFinished(() => {
    listener.close()
    rmSync(folder, { recursive: true, force: true })
  })
})

const listen = () => listener.listen({ kind: 'socket', host: '127.0.0.1' })

async function connected(at: number | string): Promise<Socket> {
  const socket = typeof at === 'number' ? createConnection(at, '127.0.0.1') : createConnection(at)
  socket.setNoDelay(true)
  await once(socket, 'connect')
  return socket
}

async function say(at: number | string, bytes: Uint8Array): Promise<void> {
  const socket = await connected(at)
  socket.end(bytes)
  socket.resume()
  await once(socket, 'close')
}

function frame(text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}

const message = '{"loss": 0.5, "who": "zoë"}'

test('a message split at every byte is one message', async () => {
  const port = await listen()
  const bytes = frame(message)
  const socket = await connected(port)
  for (const byte of bytes) await new Promise((sent) => socket.write(Buffer.of(byte), () => sent(null)))
  socket.end()
  expect(await listener.drain()).toBeNull()
  expect(readFrames(folder)).toEqual([message])
})

test('two messages in one packet, and one without a byte, are three', async () => {
  await say(await listen(), Buffer.concat([frame(message), frame(''), frame('second')]))
  await listener.drain()
  expect(readFrames(folder)).toEqual([message, '', 'second'])
})

test('a script that connects twice and says nothing the first time is heard', async () => {
  const port = await listen()
  await say(port, Buffer.alloc(0))
  await say(port, frame(message))
  await listener.drain()
  expect(readFrames(folder)).toEqual([message])
  expect(logged).toEqual([])
})

test('who connects and says nothing leaves no file', async () => {
  await say(await listen(), Buffer.alloc(0))
  expect(await listener.drain()).toBeNull()
  expect(existsSync(framesPath(folder))).toBe(false)
  expect(readFrames(folder)).toEqual([])
})

test('what makes no sense is closed and told, and others go on', async () => {
  const port = await listen()
  const waiting = await connected(port)
  const http = await connected(port)
  http.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(http, 'close')
  expect(logged.join()).toContain('was announced')
  const huge = await connected(port)
  huge.write(Buffer.of(255, 255, 255, 255))
  await once(huge, 'close')
  waiting.end(frame(message))
  await listener.drain()
  expect(readFrames(folder)).toEqual([message])
})

test('a message that was cut off is none', async () => {
  await say(await listen(), frame(message).subarray(0, 20))
  await listener.drain()
  expect(readFrames(folder)).toEqual([])
  expect(logged.join()).toContain('middle of a message')
})

test('what was sent by a process that is gone is read, although nobody has accepted its connection yet', async () => {
  const port = await listen()
  // this process does nothing meanwhile
  const send = `require('net').connect(${port}, '127.0.0.1').end(Buffer.from('${frame(message).toString('hex')}', 'hex'), () => process.exit())`
  expect(spawnSync(process.execPath, ['-e', send], { timeout: 30_000 }).status).toBe(0)
  await listener.drain()
  expect(readFrames(folder)).toEqual([message])
})

test('a message is on the disk while its connection stays open', async () => {
  const socket = await connected(await listen())
  socket.write(frame(message))
  await until('the message', () => readFrames(folder).length === 1)
  expect(statSync(framesPath(folder)).mode & 0o777).toBe(0o600)
  socket.destroy()
})

test('more messages than a trial may send are not kept, and that is told', async () => {
  const port = await listen()
  await say(port, Buffer.concat(Array.from({ length: 9_999 }, () => frame('x'))))
  await say(port, Buffer.concat(Array.from({ length: 3 }, () => frame('y'))))
  expect(await listener.drain()).toContain('10000')
  expect(readFrames(folder)).toHaveLength(10_000)
})

test('the name of a UNIX socket comes back when a client removes it, and goes in the end', async () => {
  const path = join(folder, 'in', 's')
  await listener.listen({ kind: 'unix', path })
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  const first = await connected(path)
  first.resume()
  first.end()
  await once(first, 'close')
  rmSync(path)
  await until('the name', () => existsSync(path))
  await say(path, frame(message))
  await listener.drain()
  expect(readFrames(folder)).toEqual([message])
  expect(existsSync(path)).toBe(false)
})

test('where nothing can listen, that is said', async () => {
  await expect(listener.listen({ kind: 'socket', host: '192.0.2.1' })).rejects.toThrow('EADDRNOTAVAIL')
})

test('where nothing can listen, nothing is watched either', async () => {
  const told: object[] = []
  const listeners = new TrialListeners({ work: folder, log: () => {}, tell: (event) => told.push(event) })
  // it can be watched, and nothing can be made there
  await listeners.listen({ op: 'listen', id: 'a1', at: { kind: 'unix', path: '/proc/self/s' } })
  expect(told).toMatchObject([{ e: 'listening', port: 0, error: expect.any(String) }])
  await until('the watch has ended', () => !process.getActiveResourcesInfo().includes('FSEventWrap'))
})

test('of messages that never end only so much is held', async () => {
  const port = await listen()
  const half = Buffer.alloc(50 << 20)
  half.writeUInt32BE(60 << 20)
  const held = await Promise.all([connected(port), connected(port)])
  await Promise.all(held.map((socket) => new Promise((sent) => socket.write(half, sent))))
  const third = await connected(port)
  const all = [third, ...held]
  for (const socket of all) socket.on('error', () => {})
  third.write(half)
  await until('one is closed', () => all.some((socket) => socket.destroyed))
  expect(logged.join()).toContain('128 MiB')
  for (const socket of all) socket.destroy()
  // what was held is free again
  await say(port, frame(message))
  expect(await listener.drain()).toContain('not all were kept')
  expect(readFrames(folder)).toEqual([message])
})

test('a disk that takes nothing is told, and ends nothing', async () => {
  // full, and nothing that could be cut: both fail
  const file = new FramesFile('/dev/full')
  file.append('one')
  expect(file.problem).toContain('ENOSPC')
  await file.close()
})

test('a torn end of the file was never said', async () => {
  await say(await listen(), Buffer.concat([frame('one'), frame('two')]))
  await listener.drain()
  const whole = readFileSync(framesPath(folder))
  writeFileSync(framesPath(folder), whole.subarray(0, whole.length - 3))
  expect(readFrames(folder)).toEqual(['one'])
})
