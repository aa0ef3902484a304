// First schema. Append-only: a change is a new migration, never an edit here.
// Ids of the jobs of one jobset are contiguous: job.id = jobset.first_job + index in the file.

export const foundation = `
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE token (
  id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
  created_at INTEGER NOT NULL, revoked_at INTEGER
) WITHOUT ROWID;

CREATE TABLE invite (
  hash BLOB PRIMARY KEY, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  key TEXT, node TEXT
) WITHOUT ROWID;

CREATE TABLE node (
  id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, machine TEXT,
  joined_at INTEGER NOT NULL, last_seen_at INTEGER, revoked_at INTEGER,
  capabilities TEXT NOT NULL DEFAULT '[]', cores INTEGER NOT NULL DEFAULT 0, memory REAL NOT NULL DEFAULT 0,
  slots INTEGER NOT NULL DEFAULT 1, version TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE blob (sha256 BLOB PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;

-- id: the client's request id, so that a repeated commit of a draft that is gone finds its jobset
CREATE TABLE draft (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, created_at INTEGER NOT NULL, namespace TEXT NOT NULL, batch TEXT NOT NULL,
  job_count INTEGER NOT NULL, spec TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TABLE draft_job (draft TEXT NOT NULL, idx INTEGER NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL, PRIMARY KEY (draft, idx)) WITHOUT ROWID;
CREATE TABLE draft_blob (draft TEXT NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (draft, sha256)) WITHOUT ROWID;

CREATE TABLE jobset (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, request_id TEXT NOT NULL UNIQUE,
  namespace TEXT NOT NULL, batch TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL,
  priority INTEGER NOT NULL DEFAULT 0,
  submitted_at INTEGER NOT NULL, finished_at INTEGER, reason TEXT,
  first_job INTEGER NOT NULL, job_count INTEGER NOT NULL,
  -- counts per state as JSON once the jobset is final; live ones are kept by the core
  counts TEXT,
  -- last: it may be megabytes, and a row is read up to the last column asked for
  spec TEXT NOT NULL,
  UNIQUE (namespace, batch)
);
-- the file as it was written; apart, because every UPDATE of a row writes all of it
CREATE TABLE jobset_text (jobset INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE INDEX jobset_active ON jobset (id) WHERE state = 'active';
CREATE TABLE jobset_blob (jobset INTEGER NOT NULL, sha256 BLOB NOT NULL, PRIMARY KEY (jobset, sha256)) WITHOUT ROWID;

CREATE TABLE job (
  id INTEGER PRIMARY KEY, jobset INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
  attempt TEXT, committed_attempt TEXT, started INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX job_name ON job (jobset, name);
-- In the order of the query "next ready jobs of this jobset": no sort, no scan of finished ones.
CREATE INDEX job_ready ON job (jobset, id) WHERE state = 'ready';
CREATE TABLE job_spec (job INTEGER PRIMARY KEY, spec TEXT NOT NULL);

CREATE TABLE attempt (
  id TEXT PRIMARY KEY, job INTEGER NOT NULL, jobset INTEGER NOT NULL, node TEXT NOT NULL, state TEXT NOT NULL,
  number INTEGER, cores INTEGER NOT NULL, claimed_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
  outcome TEXT, usage TEXT, notices TEXT,
  -- where its files are: NULL, 'pack:<pack>:<offset>', 'incoming', 'folder'
  location TEXT,
  -- last: it may be megabytes, and a row is read up to the last column asked for
  manifest TEXT
) WITHOUT ROWID;
CREATE INDEX attempt_job ON attempt (job);
CREATE INDEX attempt_live ON attempt (node) WHERE state IN ('claimed', 'running');
CREATE INDEX attempt_unplaced ON attempt (jobset) WHERE location <> 'folder';

CREATE TABLE build (
  id TEXT PRIMARY KEY, jobset INTEGER NOT NULL, node TEXT NOT NULL, state TEXT NOT NULL,
  ordered_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
  outcome TEXT, usage TEXT, notices TEXT, location TEXT, manifest TEXT
) WITHOUT ROWID;
CREATE INDEX build_jobset ON build (jobset, node);
CREATE INDEX build_node ON build (node, jobset);
CREATE INDEX build_unplaced ON build (jobset) WHERE location <> 'folder';

CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL,
  jobset INTEGER, job INTEGER, node TEXT, data TEXT
);
CREATE INDEX event_jobset ON event (jobset, seq);
`
