// Numbers that were measured, as people read them.

/** Six digits: `0.00123457`, `1e-12`; whole numbers as they are. */
export function numberShown(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(6)))
}
