-- What partners ask and the knowledge does not answer. Plain SQL that SQLite and PostgreSQL both take; times are
-- ISO 8601 text in UTC.

CREATE TABLE gaps (
    id          TEXT PRIMARY KEY,
    position    BIGINT NOT NULL,               -- 0, 1, 2 …: the order in which they were found
    question    TEXT NOT NULL,                 -- stands for the gap: the first that was asked
    state       TEXT NOT NULL CHECK (state IN ('open', 'answered', 'dismissed')),
    document    TEXT,                          -- the path of the document that answers it
    decided_by  TEXT,                          -- the name of a staff token
    decided_at  TEXT
);

-- Which gap a question belongs to, decided once: a gap that staff looks at does not change under their eyes.
CREATE TABLE gap_questions (
    exchange_id  TEXT PRIMARY KEY REFERENCES exchanges (id),
    gap_id       TEXT NOT NULL REFERENCES gaps (id)
);
