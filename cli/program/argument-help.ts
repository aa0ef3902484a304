// How the help names what commands are about.

export const jobsetHelp = 'NAMESPACE/BATCH, a batch name that is used once, last, or a jobset file (the one in this folder)'
export const targetHelp = 'NAMESPACE/BATCH, NAMESPACE/BATCH/JOB, a batch name that is used once, or last'
/** of commands that may change several at once */
export const targetsHelp = `${targetHelp}; * and ? fit any names`
export const nodesHelp = 'as in `dist nodes`; * and ? fit any names'
