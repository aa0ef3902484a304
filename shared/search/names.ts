// Names of trials. Both hold the trial's number, which never changes, also when a search is extended.

/** `optuna_00007`; a number above 99 999 has as many digits as it needs. */
export function trialLabel(label: string, trial: number): string {
  return `${label}_${String(trial).padStart(5, '0')}`
}

/** `run_00000007` */
export function runLabel(trial: number): string {
  return `run_${String(trial).padStart(8, '0')}`
}
