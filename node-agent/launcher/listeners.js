// A list of callbacks that keeps what happens before the first of them is there, so that a report which arrives
// in the same read as the launcher's greeting is not lost.
export class Listeners {
    callbacks = new Set();
    waiting = [];
    /** Returns how to stop listening. */
    add(callback) {
        this.callbacks.add(callback);
        const waiting = this.waiting;
        this.waiting = [];
        for (const value of waiting)
            callback(value);
        return () => this.callbacks.delete(callback);
    }
    emit(value) {
        if (this.callbacks.size === 0)
            this.waiting.push(value);
        for (const callback of this.callbacks)
            callback(value);
    }
}
//# sourceMappingURL=listeners.js.map