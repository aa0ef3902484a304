// What tests in TypeScript take from apptainer.mjs.
export declare const privateApptainer: string
