// The end of the HTTP side: what is being answered is told to end and gets a moment; connections that answer nothing go
// at once. (node's closeIdleConnections leaves those that never sent a request: browsers and fetch open such ahead.)
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { LiveCalls } from './live-calls.ts'

const graceMs = 3000

export function closeConnections(app: FastifyInstance, calls: LiveCalls): void {
  const server: Server = app.server
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  app.addHook('preClose', (done) => {
    calls.endAll()
    const busy = calls.sockets()
    for (const socket of sockets) if (!busy.has(socket)) socket.destroy()
    const timer = setTimeout(() => server.closeAllConnections(), graceMs)
    server.once('close', () => clearTimeout(timer))
    done()
  })
}
