// A head that does what a test says, behind real sockets: enrolment, blobs, results and live logs over node:http, the
// Session over gRPC. It commits what it gets (answers FORGET) unless told not to.
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import * as grpc from '@grpc/grpc-js';
import { sha256 } from '../../shared/files/digest.js';
import { loadAgentService } from '../../shared/wire/session.js';
import { FakeHttp } from './fake-http.js';
import { FakeSession } from './fake-session.js';
export class FakeHead {
    http = new FakeHttp();
    sessions = [];
    /** every result that was told, in order; a resend is told again */
    finished = [];
    events = new EventEmitter();
    /** answer FORGET to results, SEND to finished and KEEP to other things in an inventory */
    commits = true;
    #httpServer = null;
    #grpcServer = null;
    #httpPort = 0;
    #grpcPort = 0;
    get url() {
        return `http://127.0.0.1:${this.#httpPort}`;
    }
    async start() {
        const server = createServer((request, response) => this.http.handle(request, response));
        this.#httpServer = server;
        server.listen(this.#httpPort, '127.0.0.1');
        await once(server, 'listening');
        this.#httpPort = server.address().port;
        this.http.changed = () => this.events.emit('change');
        await this.startGrpc();
    }
    /** Also after stopGrpc: listens on the same port again. */
    async startGrpc() {
        const server = new grpc.Server();
        server.addService(loadAgentService().service, {
            Session: (call) => {
                this.sessions.push(new FakeSession(call, this));
                this.events.emit('change');
            },
        });
        this.#grpcPort = await new Promise((resolve, reject) => {
            server.bindAsync(`127.0.0.1:${this.#grpcPort}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
                if (error === null)
                    resolve(port);
                else
                    reject(error);
            });
        });
        this.#grpcServer = server;
        this.http.grpc = `:${this.#grpcPort}`;
    }
    stopGrpc() {
        this.#grpcServer?.forceShutdown();
        this.#grpcServer = null;
    }
    async stop() {
        this.stopGrpc();
        this.#httpServer?.closeAllConnections();
        await new Promise((resolve) => this.#httpServer?.close(resolve));
    }
    /** The session that stands now; waits for one. */
    async session() {
        return await this.until(() => this.sessions.findLast((session) => session.open) ?? null, 'a session');
    }
    /** Resolves with what `look` finds; looks again whenever something arrived. */
    async until(look, what, seconds = 30) {
        const deadline = AbortSignal.timeout(seconds * 1000);
        for (;;) {
            const found = look();
            if (found !== null && found !== undefined && found !== false)
                return found;
            try {
                await once(this.events, 'change', { signal: deadline });
            }
            catch {
                throw new Error(`${what} did not come within ${seconds} s`);
            }
        }
    }
    async result(id, seconds = 30) {
        return await this.until(() => this.finished.find((item) => item.attempt_id === id), `the result of ${id}`, seconds);
    }
    /** Keeps a content as a blob. */
    file({ name, content, mode = 0o644 }) {
        const data = Buffer.from(content);
        const hash = sha256(data);
        this.http.blobs.set(hash, data);
        return { name, sha256: hash, size: data.length, mode };
    }
    jobset(options) {
        return {
            uid: newId(8),
            namespace: 'anna',
            batch_name: 'sweep',
            kind: 'python',
            build_file: options.build === undefined ? null : wire(this.file({ name: 'make_it.py', content: options.build })),
            files: (options.files ?? []).map((file) => wire(this.file(file))),
        };
    }
    job(uid, script, options = {}) {
        return {
            attempt_id: newId(16),
            jobset_uid: uid,
            job_name: options.name ?? 'job_1',
            cores: options.cores ?? 1,
            number: 1,
            script: wire(this.file({ name: 'execute_job.py', content: script })),
            files: (options.files ?? []).map((file) => wire(this.file(file))),
        };
    }
    /** Tells a jobset, has it built, and resolves with the result of the build. */
    async build(session, jobset, cores = 1) {
        const id = newId(16);
        session.send({ jobsets: [jobset], builds: [{ build_id: id, jobset_uid: jobset.uid, cores }] });
        return await this.result(id);
    }
}
export function newId(bytes) {
    return randomBytes(bytes).toString('hex');
}
function wire(file) {
    return { name: file.name, sha256: Buffer.from(file.sha256, 'hex'), size: file.size, mode: file.mode };
}
//# sourceMappingURL=fake-head.js.map