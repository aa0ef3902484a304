// What a namespace's results take (quota), which results were removed by a rule (retention).

export const retention = `
CREATE TABLE namespace_bytes (namespace TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO namespace_bytes
  SELECT namespace, sum(size) FROM (
    SELECT s.namespace, coalesce(json_extract(e.value, '$.size'), 0) AS size
      FROM attempt a JOIN jobset s ON s.id = a.jobset JOIN json_each(a.manifest) e WHERE a.location IS NOT NULL
    UNION ALL
    SELECT s.namespace, coalesce(json_extract(e.value, '$.size'), 0)
      FROM build b JOIN jobset s ON s.id = b.jobset JOIN json_each(b.manifest) e WHERE b.location IS NOT NULL
  ) GROUP BY namespace;

-- attempts and builds; done = the files are gone too, and the location is NULL
CREATE TABLE removed_result (id TEXT PRIMARY KEY, at INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX removed_result_open ON removed_result (id) WHERE done = 0;
`
