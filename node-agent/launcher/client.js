// Finds the launcher of a work folder or starts one, and connects to it. Called by the agent when it starts and whenever
// the connection was lost.
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DistError } from '../../shared/base/errors.js';
import { startLauncher } from './launcher-command.js';
import { LauncherLink } from './launcher-link.js';
import { Lines, splitAddress } from './lines.js';
import { openSocketPath } from './socket-path.js';
const retryMs = 20;
/** A launcher that has ended without serving: another one has the lock (it may be leaving), or something is wrong. */
const restartMs = 200;
/** Rejects with `unavailable` when no launcher answers in time, and with the signal's reason when aborted. */
export async function connectLauncher(options) {
    const deadline = performance.now() + (options.timeoutMs ?? 20_000);
    let startAt = 0;
    let starting = false;
    for (;;) {
        options.signal.throwIfAborted();
        const link = await tryConnect(options);
        if (link !== null)
            return link;
        if (performance.now() > deadline) {
            throw new DistError('unavailable', `no launcher answers in ${options.work}`, {
                hint: `look into ${join(options.work, 'launcher.log')}; it needs flock(1) of util-linux and Node ${process.version}`,
            });
        }
        if (!starting && performance.now() >= startAt) {
            starting = true;
            const { exited } = startLauncher(options.work, options.idleMs ?? 60_000);
            void exited.then((code) => {
                starting = false;
                startAt = performance.now() + restartMs;
                options.log(`a launcher ended with ${code}`);
            });
        }
        await wait(retryMs, undefined, { signal: options.signal });
    }
}
/** A link after the launcher's greeting, or null when nobody listens. */
async function tryConnect(options) {
    if (!existsSync(join(options.work, 'l.sock')))
        return null;
    const socketPath = openSocketPath(options.work);
    const socket = createConnection(socketPath.path);
    try {
        return await greeting(socket, options);
    }
    finally {
        socketPath.close();
    }
}
function greeting(socket, options) {
    return new Promise((resolve, reject) => {
        const lines = new Lines();
        const onAbort = () => {
            socket.destroy();
            reject(options.signal.reason);
        };
        const done = (link) => {
            options.signal.removeEventListener('abort', onAbort);
            socket.off('data', onData);
            socket.off('close', onClose);
            resolve(link);
        };
        const onData = (chunk) => {
            const [first, ...rest] = lines.push(chunk);
            if (first === undefined)
                return;
            const hello = helloOf(first);
            if (hello === null)
                return onClose();
            done(new LauncherLink(socket, hello, rest, lines, options.python, options.log));
        };
        const onClose = () => {
            socket.destroy();
            done(null);
        };
        options.signal.addEventListener('abort', onAbort, { once: true });
        // The error is told by `close`, which always follows.
        socket.on('error', () => { });
        socket.on('data', onData);
        socket.on('close', onClose);
    });
}
function helloOf(line) {
    const parts = splitAddress(line);
    if (parts?.address !== '-')
        return null;
    const event = JSON.parse(parts.rest.toString());
    return event.e === 'hello' ? event : null;
}
//# sourceMappingURL=client.js.map