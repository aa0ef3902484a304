// Jobsets that are held, and nodes that are paused, by people.

export const holdAndPause = `
-- who held it; NULL = nobody
ALTER TABLE jobset ADD COLUMN held TEXT;
-- JSON {by, at, until}, times in wall ms, until NULL = until somebody resumes it; NULL = not paused
ALTER TABLE node ADD COLUMN paused TEXT;
`
