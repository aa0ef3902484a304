/** Sum of file sizes, bytes. */
export function manifestBytes(manifest) {
    let sum = 0;
    for (const entry of manifest)
        if (entry.kind === 'file')
            sum += entry.size;
    return sum;
}
//# sourceMappingURL=manifest.js.map