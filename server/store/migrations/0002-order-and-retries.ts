// What a job needs before it may start, what a second try must remember, and who used how much.

export const orderAndRetries = `
-- failures that were tried again in this generation; when it may start at the earliest (wall ms, 0 = at once);
-- the node whose attempt failed, which comes last in the next choice; generation counts reopenings by dist retry
ALTER TABLE job ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN avoid TEXT;
ALTER TABLE job ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
-- needs that have not succeeded yet
ALTER TABLE job ADD COLUMN needs_left INTEGER NOT NULL DEFAULT 0;
CREATE TABLE job_need (needs INTEGER NOT NULL, job INTEGER NOT NULL, PRIMARY KEY (needs, job)) WITHOUT ROWID;

-- batches that have not succeeded yet
ALTER TABLE jobset ADD COLUMN after_left INTEGER NOT NULL DEFAULT 0;
CREATE TABLE jobset_after (needs INTEGER NOT NULL, jobset INTEGER NOT NULL, PRIMARY KEY (needs, jobset)) WITHOUT ROWID;

-- why a job ended without an attempt of its own (skipped)
CREATE TABLE job_reason (job INTEGER PRIMARY KEY, reason TEXT NOT NULL);
-- core-seconds that each submitter used, halved every day; at = wall ms of the last change
CREATE TABLE usage (owner TEXT PRIMARY KEY, core_seconds REAL NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
-- jobs that wait for their back-off are few; the ready window leaves them out
CREATE INDEX job_delayed ON job (jobset, id) WHERE state = 'ready' AND not_before > 0;
`
