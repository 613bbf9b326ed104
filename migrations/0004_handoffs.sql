-- Hand-overs: a partner asks for a person, and a manager answers in the same conversation. Plain SQL that SQLite and
-- PostgreSQL both take; times are ISO 8601 text in UTC.

CREATE TABLE handoffs (
    id                 TEXT PRIMARY KEY,
    conversation_id    TEXT NOT NULL REFERENCES conversations (id),
    partner_id         TEXT NOT NULL,          -- the conversation's, repeated for lists
    partner_name       TEXT NOT NULL,          -- as the CRM had it
    subject            TEXT NOT NULL,          -- the `sub` of who asked for a person
    manager_name       TEXT NOT NULL,          -- the partner's manager in the CRM; empty where it names nobody
    manager_email      TEXT NOT NULL,
    state              TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    reply_token        TEXT NOT NULL UNIQUE,   -- part of the address for replies: whoever knows it may answer by mail
    opened_at          TEXT NOT NULL,
    updated_at         TEXT NOT NULL,
    -- What became of the newest mail to the manager.
    delivery           TEXT NOT NULL CHECK (delivery IN ('not_configured', 'queued', 'sent', 'failed')),
    delivery_reason    TEXT,                   -- why it failed, or why the last attempt did
    delivery_attempts  BIGINT NOT NULL,
    delivery_due       TEXT NOT NULL,          -- not before
    delivery_turn      BIGINT NOT NULL         -- goes up with every mail to be sent, so that none is marked for another
);
-- A conversation has one hand-over at a time: asking again continues it.
CREATE UNIQUE INDEX handoffs_unfinished ON handoffs (conversation_id) WHERE state <> 'closed';
CREATE INDEX handoffs_by_update ON handoffs (updated_at);

-- Who wrote or did what, and when: only ever added to.
CREATE TABLE handoff_entries (
    handoff_id  TEXT NOT NULL REFERENCES handoffs (id),
    position    BIGINT NOT NULL,               -- 0, 1, 2 … within the hand-over
    exchanges   BIGINT NOT NULL,               -- how many exchanges of the conversation came before: its place there
    kind        TEXT NOT NULL CHECK (kind IN ('opened', 'partner', 'manager', 'mailed', 'not_mailed', 'closed')),
    author      TEXT NOT NULL,                 -- a `sub`, the name of a staff token, a mail's sender, or `service`
    signed      TEXT,                          -- the name that a manager's words are shown under
    channel     TEXT NOT NULL CHECK (channel IN ('widget', 'console', 'mail', 'service')),
    text        TEXT NOT NULL,                 -- what was written; for `not_mailed`, why
    mail_id     TEXT UNIQUE,                   -- the Message-ID of what came by mail: gateways deliver twice
    written_at  TEXT NOT NULL,
    PRIMARY KEY (handoff_id, position)
);
