// What tests in TypeScript take from batchtools.mjs.
/** `newest`: netpyne 1.1.1 and batchtk 0.1.6; `documents`: 1.0.7 and 0.0.2, with NEURON 8.2; `ray`: batchtk 0.1.3 with ray. */
type Generation = 'newest' | 'documents' | 'ray'
export declare const batchtoolsPython: Readonly<Record<Generation, string>>
export declare function hasBatchtools(name?: Generation): boolean
