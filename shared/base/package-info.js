// Where this package lies and which version it is, from source and from build/ alike. Loads nothing.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
/** The nearest folder above this file that holds package.json. */
export function packageRoot() {
    let folder = dirname(fileURLToPath(import.meta.url));
    while (!existsSync(join(folder, 'package.json'))) {
        const parent = dirname(folder);
        if (parent === folder)
            throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}: the installation is damaged`);
        folder = parent;
    }
    return folder;
}
export function packageVersion() {
    const manifest = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    return manifest.version;
}
//# sourceMappingURL=package-info.js.map