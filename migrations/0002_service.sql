-- What the service itself remembers. Plain SQL that SQLite and PostgreSQL both take; times are ISO 8601 text
-- in UTC, so that they sort and read alike in both.

-- The catalog: what was ingested, from where, and whether the newest version could be taken in. The passages
-- themselves live in the index; a row here says that the index holds them on disk.
CREATE TABLE documents (
    id              TEXT PRIMARY KEY,
    source          TEXT NOT NULL UNIQUE,      -- absolute path
    path            TEXT NOT NULL,             -- as shown: relative to the folder given
    title           TEXT NOT NULL,
    audience        TEXT NOT NULL,             -- `partners`, `internal`, `tier=gold;region=emea`
    effective_from  TEXT,
    effective_until TEXT,
    language        TEXT,
    fingerprint     TEXT NOT NULL,
    passages        BIGINT NOT NULL,
    failure         TEXT,                      -- why the newest version is not searchable
    ingested_at     TEXT NOT NULL
);

-- A conversation belongs to one partner; nobody else can continue or read it.
CREATE TABLE conversations (
    id          TEXT PRIMARY KEY,
    partner_id  TEXT NOT NULL,
    subject     TEXT NOT NULL,                 -- the `sub` of who asked
    started_at  TEXT NOT NULL
);

-- One question and what became of it. `receipt` is the whole answer as JSON (what `liaison ask --json` prints).
CREATE TABLE exchanges (
    id               TEXT PRIMARY KEY,
    conversation_id  TEXT NOT NULL REFERENCES conversations (id),
    position         BIGINT NOT NULL,          -- 0, 1, 2 … within the conversation
    question         TEXT NOT NULL,
    receipt          TEXT NOT NULL,
    declined         TEXT,                     -- the reason, when it was declined
    asked_at         TEXT NOT NULL,
    UNIQUE (conversation_id, position)
);

-- A partner's word on an answer; the last one counts.
CREATE TABLE feedback (
    exchange_id  TEXT PRIMARY KEY REFERENCES exchanges (id),
    vote         BIGINT NOT NULL CHECK (vote IN (-1, 1)),
    comment      TEXT,
    given_at     TEXT NOT NULL
);
