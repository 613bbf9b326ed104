-- Liaison writes: what a partner hands in becomes a record of the CRM, and what direct sales works on is looked at
-- before. Same conventions as 0001; the built-in CRM is no longer only read.

-- A registration says more about the deal, and may be taken back. SQLite cannot change a CHECK: the table is made anew,
-- and so are its indices.
ALTER TABLE deal_registrations RENAME TO deal_registrations_before;
CREATE TABLE deal_registrations (
    id              TEXT PRIMARY KEY,
    partner_id      TEXT NOT NULL REFERENCES partners (id),
    opportunity_id  TEXT REFERENCES opportunities (id),   -- none until the deal is in the pipeline
    customer        TEXT NOT NULL,
    product         TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN
                    ('submitted', 'approved', 'expired', 'rejected', 'conflicting', 'withdrawn')),
    submitted_on    TEXT NOT NULL,
    decided_on      TEXT,
    protected_until TEXT,                    -- the last protected day
    extensions      BIGINT NOT NULL DEFAULT 0,
    reason          TEXT,                    -- shown to the partner: never names another one
    amount_minor    BIGINT CHECK (amount_minor >= 0),
    currency        TEXT CHECK (currency IS NOT NULL OR amount_minor IS NULL),
    close_date      TEXT,                    -- when the partner expects to close it
    domain          TEXT,                    -- the customer's, as in its addresses
    contact         TEXT,                    -- the person at the customer
    contact_email   TEXT,
    need            TEXT,                    -- what the customer wants to solve
    source          TEXT,                    -- how the partner came by it
    proof           TEXT                     -- what shows that the partner works on it
);
INSERT INTO deal_registrations
    (id, partner_id, opportunity_id, customer, product, status, submitted_on, decided_on, protected_until, extensions, reason)
SELECT
    id, partner_id, opportunity_id, customer, product, status, submitted_on, decided_on, protected_until, extensions, reason
FROM deal_registrations_before;
DROP TABLE deal_registrations_before;
CREATE INDEX deal_registrations_by_partner ON deal_registrations (partner_id, submitted_on);

-- Organisations that the vendor itself knows, for conflict checks. They are nobody's: no partner reads them.
CREATE TABLE accounts (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    domain  TEXT,
    country TEXT,
    parent  TEXT,                            -- the name of the organisation that it belongs to
    status  TEXT NOT NULL CHECK (status IN ('prospect', 'open', 'customer'))   -- open: direct sales works on it
);
