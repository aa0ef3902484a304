// Several jobs on a node at once: classes of demand among a jobset's jobs, and the share that an attempt or a build got.

export const packing = `
-- what a job asks for otherwise than its jobset, JSON of a Demand; NULL = the same
ALTER TABLE draft_job ADD COLUMN demand TEXT;
-- demands of a jobset's jobs, JSON, its own first; NULL = only its own. job.demand is an index into it
ALTER TABLE jobset ADD COLUMN demands TEXT;
ALTER TABLE job ADD COLUMN demand INTEGER NOT NULL DEFAULT 0;
-- In the order of the query "next ready jobs of this class of this jobset": no sort, no scan of finished ones.
DROP INDEX job_ready;
CREATE INDEX job_ready ON job (jobset, demand, id) WHERE state = 'ready';
-- JSON of a Grant; NULL = the whole node
ALTER TABLE attempt ADD COLUMN share TEXT;
ALTER TABLE build ADD COLUMN share TEXT;
-- 0, or the slot for which alone it was built
ALTER TABLE build ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
-- more of what a node last said about itself
ALTER TABLE node ADD COLUMN gpus INTEGER NOT NULL DEFAULT 0;
ALTER TABLE node ADD COLUMN disk REAL NOT NULL DEFAULT 0;
ALTER TABLE node ADD COLUMN own_builds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE node ADD COLUMN pinning TEXT NOT NULL DEFAULT '';
`
