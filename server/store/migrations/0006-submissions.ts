// Every `dist add` of a jobset, since one may be added to: its request id, what it did, and from what it was made.

export const submissions = `
ALTER TABLE draft ADD COLUMN mode TEXT NOT NULL DEFAULT 'new';
ALTER TABLE draft ADD COLUMN provenance TEXT;

CREATE TABLE submission (
  id INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, jobset INTEGER NOT NULL, owner TEXT NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL,
  -- JSON of a Provenance; NULL = it was not told
  provenance TEXT,
  -- the file as it was written; NULL = that of the jobset, in jobset_text
  text TEXT
);
CREATE INDEX submission_jobset ON submission (jobset, id);
INSERT INTO submission (request_id, jobset, owner, at, kind, added, changed, unchanged)
  SELECT request_id, id, owner, submitted_at, 'new', job_count, 0, 0 FROM jobset ORDER BY id;
`
