// Time as a port: loops take a Clock, cores take `now` as a number.

export interface Clock {
  /** monotonic milliseconds; the only time that timeouts and silence are measured in */
  monotonic(): number
  /** wall time, ms since 1970; for people and rows, never for silence */
  wall(): number
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
}
