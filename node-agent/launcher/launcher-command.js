// How the launcher is started: from source under tsx (development, tests), or the built program.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
/** Arguments for node: `--import tsx` only where this file itself is TypeScript. */
export function launcherArguments(work, idleMs) {
    const own = ['--work', work, '--idle', String(idleMs)];
    if (!import.meta.url.endsWith('.ts'))
        return [fileURLToPath(new URL('launcher-main.js', import.meta.url)), ...own];
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    return ['--import', tsx, fileURLToPath(new URL('launcher-main.ts', import.meta.url)), ...own];
}
/** Starts a launcher that outlives us: own session, no pipe to us, output in launcher.log. */
export function startLauncher(work, idleMs) {
    const log = openSync(join(work, 'launcher.log'), 'a', 0o600);
    try {
        const child = spawn(process.execPath, launcherArguments(work, idleMs), { cwd: work, detached: true, stdio: ['ignore', log, log] });
        child.unref();
        const exited = new Promise((resolve) => {
            child.once('exit', (code) => resolve(code));
            child.once('error', () => resolve(null));
        });
        return { pid: child.pid, exited };
    }
    finally {
        closeSync(log);
    }
}
//# sourceMappingURL=launcher-command.js.map