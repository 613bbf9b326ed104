-- What a document says about its upkeep, what tells whether it needs embedding again, and who follows it.
ALTER TABLE documents ADD COLUMN given_audience  TEXT NOT NULL DEFAULT 'internal'; -- for a document that does not say
ALTER TABLE documents ADD COLUMN contents        TEXT NOT NULL DEFAULT '';  -- changes with its passages
ALTER TABLE documents ADD COLUMN owner           TEXT;
ALTER TABLE documents ADD COLUMN review_by       TEXT;
ALTER TABLE documents ADD COLUMN supersedes      TEXT NOT NULL DEFAULT '[]'; -- paths, a JSON list
ALTER TABLE documents ADD COLUMN notices         TEXT NOT NULL DEFAULT '[]'; -- sentences, a JSON list
ALTER TABLE documents ADD COLUMN superseded_from TEXT;                      -- first day of its successor

-- A file or folder on its way into the knowledge. A row is written when the state changes; how many passages are
-- embedded is only in memory. What was under way when the service stopped starts again from `queued`.
CREATE TABLE jobs (
    id          TEXT PRIMARY KEY,
    path        TEXT NOT NULL,                 -- as shown
    source      TEXT NOT NULL,                 -- absolute path of the file or folder
    audience    TEXT NOT NULL,                 -- for documents that do not say who they are for
    bytes       BIGINT,                        -- none for a folder
    state       TEXT NOT NULL CHECK (state IN
                ('queued', 'reading', 'splitting', 'embedding', 'searchable', 'failed', 'cancelled')),
    reason      TEXT,                          -- why it failed
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
);
CREATE INDEX jobs_by_creation ON jobs (created_at);
