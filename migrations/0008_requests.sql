-- What partners ask of the vendor: shown to them, consented to, written to the CRM, and decided by the vendor's people.
-- Plain SQL that SQLite and PostgreSQL both take; times are ISO 8601 text in UTC.

CREATE TABLE requests (
    id              TEXT PRIMARY KEY,
    kind            TEXT NOT NULL CHECK (kind IN
                    ('register_deal', 'extend_protection', 'withdraw_registration', 'update_deal',
                     'dispute_attribution', 'request_mdf')),
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    exchange_id     TEXT NOT NULL REFERENCES exchanges (id),
    partner_id      TEXT NOT NULL,          -- the conversation's, repeated for lists
    partner_name    TEXT NOT NULL,          -- as the CRM had it
    subject         TEXT NOT NULL,          -- the `sub` of who was asked for consent
    -- proposed until the partner consents (or cancels, or lets it expire); confirmed until the CRM has it; submitted until
    -- the vendor decides; done where there is nothing to decide.
    state           TEXT NOT NULL CHECK (state IN
                    ('proposed', 'cancelled', 'confirmed', 'submitted', 'done', 'approved', 'rejected')),
    record_id       TEXT NOT NULL,          -- the CRM's record that it makes or is about
    form            TEXT NOT NULL,          -- what is written, as JSON: fields with the words they were read from
    findings        TEXT,                   -- claims of others, as JSON, for the vendor's people; none: not looked for yet
    assignee_name   TEXT NOT NULL,          -- who decides; empty where the CRM names nobody
    assignee_email  TEXT NOT NULL,
    proposed_at     TEXT NOT NULL,
    expires_at      TEXT NOT NULL,          -- a proposal's last moment
    confirmed_at    TEXT,
    submitted_at    TEXT,                   -- the CRM has it
    due_at          TEXT,                   -- a decision is promised until then
    decided_at      TEXT,
    decided_by      TEXT,                   -- the name of a staff token
    reason          TEXT,                   -- of the decision, for the partner
    attempts        BIGINT NOT NULL DEFAULT 0,  -- to write it to the CRM
    next_attempt_at TEXT,
    mails           BIGINT NOT NULL DEFAULT 0,  -- to the assignee, that were sent
    mail_attempts   BIGINT NOT NULL DEFAULT 0,
    next_mail_at    TEXT                    -- none: no mail is due
);
CREATE INDEX requests_by_state ON requests (state, due_at);
CREATE INDEX requests_by_partner ON requests (partner_id, proposed_at);
CREATE INDEX requests_by_conversation ON requests (conversation_id);

-- What happened to it, and who did it: only ever added to.
CREATE TABLE request_events (
    request_id TEXT NOT NULL REFERENCES requests (id),
    position   BIGINT NOT NULL,             -- 0, 1, 2 … within the request
    kind       TEXT NOT NULL CHECK (kind IN
               ('proposed', 'cancelled', 'confirmed', 'written', 'not_written', 'mailed', 'not_mailed', 'approved',
                'rejected')),
    author     TEXT NOT NULL,               -- a `sub`, the name of a staff token, or `service`
    text       TEXT NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (request_id, position)
);
