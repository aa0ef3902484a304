// Makes a tar stream of files, folders and links. Callers: blob upload of `dist add`, result upload of the agent,
// the head's answers. Made for thousands of small files: those are read with sync calls and leave in gathered chunks.
import { closeSync, constants, createReadStream, openSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { DistError, errorMessage } from '../base/errors.js';
/** One sync read blocks the loop for at most this much; above it files are streamed. */
const syncLimit = 1 << 20;
/** Small entries are gathered up to this before they go to the socket. */
const chunkSize = 1 << 18;
const epoch = new Date(0);
/** A fifo in a file's place must not stop us: it then reads as empty and the size does not fit. */
const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;
/**
 * A tar of the sources, in their order, read one by one as the reader asks for more. Times and owners are not carried.
 * The stream fails with `hash_mismatch` when a file is no longer as long as its source said, and with what the iterator throws.
 */
export function packTar(sources) {
    return Readable.from(gather(sources), { objectMode: false, highWaterMark: chunkSize });
}
async function* gather(sources) {
    const tar = pack({ highWaterMark: chunkSize });
    // ends by itself: with the sources, or at the next entry when the reader left and `tar` is destroyed
    const feeding = feed(tar, sources).catch((error) => {
        tar.destroy(error instanceof Error ? error : new Error(String(error)));
        return error;
    });
    let held = [];
    let size = 0;
    try {
        for await (const chunk of tar) {
            held.push(chunk);
            size += chunk.length;
            if (size < chunkSize)
                continue;
            yield held.length === 1 ? chunk : Buffer.concat(held, size);
            held = [];
            size = 0;
        }
    }
    catch (error) {
        // only feeding ends `tar` with an error, and knows better words for it
        throw (await feeding) ?? error;
    }
    if (size > 0)
        yield Buffer.concat(held, size);
}
async function feed(tar, sources) {
    for await (const source of sources) {
        switch (source.kind) {
            case 'folder':
                await put(tar, { name: `${source.path}/`, type: 'directory', mode: 0o755, mtime: epoch }, null);
                break;
            case 'link':
                await put(tar, { name: source.path, type: 'symlink', linkname: source.target, mode: 0o777, mtime: epoch }, null);
                break;
            case 'file': {
                const header = { name: source.path, type: 'file', mode: source.mode, size: source.size, mtime: epoch };
                if ('data' in source)
                    await put(tar, header, whole(source.data, source.path, source.size));
                else if (source.size > syncLimit)
                    await putStreamed(tar, header, source.file, source.size);
                else
                    await put(tar, header, readWhole(source.file, source.size));
                break;
            }
        }
    }
    tar.finalize();
}
/** Writes one entry; settles when the reader took it. */
function put(tar, header, body) {
    return new Promise((resolve, reject) => {
        const done = (error) => (error === undefined || error === null ? resolve() : reject(error));
        if (body === null)
            tar.entry(header, done);
        else
            tar.entry(header, body, done);
    });
}
/** The same for a large file. tar-stream wants exactly `size` bytes; one more is read to see that the file grew. */
function putStreamed(tar, header, file, size) {
    return new Promise((resolve, reject) => {
        const bytes = createReadStream(file, { highWaterMark: chunkSize, end: size });
        const sink = tar.entry(header, (error) => {
            if (error === undefined || error === null)
                resolve();
            else
                reject(error.message === 'Size mismatch' ? changed(file, size, bytes.bytesRead > size ? 'more' : `${bytes.bytesRead}`) : error);
        });
        sink.on('close', () => bytes.destroy());
        sink.on('error', () => undefined);
        bytes.on('error', (error) => sink.destroy(unreadable(file, error)));
        bytes.pipe(sink);
    });
}
function readWhole(file, size) {
    let fd;
    try {
        fd = openSync(file, readFlags);
    }
    catch (error) {
        throw unreadable(file, error);
    }
    try {
        return whole(readFileSync(fd), file, size);
    }
    finally {
        closeSync(fd);
    }
}
function whole(data, place, size) {
    if (data.length !== size)
        throw changed(place, size, `${data.length}`);
    return data;
}
function changed(place, size, now) {
    const hint = 'wait until nothing writes to it any more, then try again';
    return new DistError('hash_mismatch', `${place} changed while it was sent: it had ${size} bytes, now ${now}`, { hint });
}
function unreadable(file, error) {
    return new DistError('hash_mismatch', `cannot read ${file}: ${errorMessage(error)}`, { cause: error });
}
//# sourceMappingURL=tar-pack.js.map