// How many things of one kind, and their bytes.

export class Sum {
  count = 0
  bytes = 0

  add(bytes: number): void {
    this.count++
    this.bytes += bytes
  }

  facts(): { readonly count: number; readonly bytes: number } {
    return { count: this.count, bytes: this.bytes }
  }
}
