// Searches: what was decided in which order, and what became of each trial.

export const searches = `
CREATE TABLE search (
  jobset INTEGER PRIMARY KEY, seed INTEGER NOT NULL,
  -- 1 = nothing of it runs or will, unless it is extended or its failed trials run again
  done INTEGER NOT NULL DEFAULT 0,
  -- why it was stopped, JSON {message, hint}; NULL = nothing is wrong
  problem TEXT,
  -- what a person should know, JSON
  notices TEXT NOT NULL DEFAULT '[]',
  -- JSON of a SearchSummary: how far it is after the last event
  summary TEXT NOT NULL
);
CREATE INDEX search_open ON search (jobset) WHERE done = 0;

-- The whole truth of a search, in order: shared/search/search-step.ts makes its state of them again. body: JSON
CREATE TABLE search_event (
  jobset INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, trial INTEGER, body TEXT,
  PRIMARY KEY (jobset, seq)
) WITHOUT ROWID;

CREATE TABLE trial (
  jobset INTEGER NOT NULL, number INTEGER NOT NULL,
  -- NULL = its values were asked for and are not known yet
  job INTEGER,
  -- number of its current run, as search-step.ts counts
  run INTEGER NOT NULL DEFAULT 0,
  -- seq of its last 'ended' event; NULL = it goes on
  ended INTEGER,
  -- of the current run: JSON of a TrialEnd, and of what was reported
  end TEXT, report TEXT,
  PRIMARY KEY (jobset, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX trial_job ON trial (job) WHERE job IS NOT NULL;
CREATE INDEX trial_ended ON trial (jobset, ended) WHERE ended IS NOT NULL;
`
