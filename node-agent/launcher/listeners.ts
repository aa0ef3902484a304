// A list of callbacks that keeps what happens before the first of them is there, so that a report which arrives
// in the same read as the launcher's greeting is not lost.

export class Listeners<T> {
  private readonly callbacks = new Set<(value: T) => void>()
  private waiting: T[] = []

  /** Returns how to stop listening. */
  add(callback: (value: T) => void): () => void {
    this.callbacks.add(callback)
    const waiting = this.waiting
    this.waiting = []
    for (const value of waiting) callback(value)
    return () => this.callbacks.delete(callback)
  }

  emit(value: T): void {
    if (this.callbacks.size === 0) this.waiting.push(value)
    for (const callback of this.callbacks) callback(value)
  }
}
