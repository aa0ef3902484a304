// The launcher's socket by a short name: Node silently cuts socket paths at 108 bytes and binds another file, so both
// sides go through a descriptor of the work folder. Used by the launcher (bind) and its client (connect).
import { closeSync, constants, openSync } from 'node:fs';
export function openSocketPath(work) {
    const fd = openSync(work, constants.O_RDONLY | constants.O_DIRECTORY);
    let open = true;
    return {
        path: `/proc/self/fd/${fd}/l.sock`,
        close() {
            if (open)
                closeSync(fd);
            open = false;
        },
    };
}
//# sourceMappingURL=socket-path.js.map