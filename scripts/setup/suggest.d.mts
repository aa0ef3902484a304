// What tests in TypeScript take from suggest.mjs.
export declare const suggestPython: string
export declare const newerBayesopt: string
export declare function hasOptimisers(): boolean
