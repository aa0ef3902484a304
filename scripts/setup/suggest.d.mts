export const suggestPython: string
export const olderBayesopt: string
export function hasOptimisers(): boolean
