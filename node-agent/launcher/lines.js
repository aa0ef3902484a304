// Cuts a byte stream into lines. Used on every connection between agent, launcher and keeper; text is not decoded here,
// so a character split between two chunks stays whole and passing a line on costs no conversion.
const newline = 10;
export class Lines {
    partial = [];
    /** The lines that this chunk completes, without their newline. */
    push(chunk) {
        const lines = [];
        let from = 0;
        for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
            const line = chunk.subarray(from, end);
            if (this.partial.length === 0)
                lines.push(line);
            else {
                lines.push(Buffer.concat([...this.partial, line]));
                this.partial = [];
            }
            from = end + 1;
        }
        if (from < chunk.length)
            this.partial.push(chunk.subarray(from));
        return lines;
    }
}
/** Splits `<address> <rest>` at the first space; null when there is none. */
export function splitAddress(line) {
    const space = line.indexOf(32);
    return space < 1 ? null : { address: line.toString('latin1', 0, space), rest: line.subarray(space + 1) };
}
//# sourceMappingURL=lines.js.map