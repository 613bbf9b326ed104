-- More of what partners ask about: how sure a deal is and when somebody last worked on it, what changed, market
-- development funds, and what came of a referral link. Same conventions as 0001.

-- Both are missing where nobody keeps them; what is missing is never taken for zero or for today.
ALTER TABLE opportunities ADD COLUMN probability_pct BIGINT CHECK (probability_pct BETWEEN 0 AND 100);
ALTER TABLE opportunities ADD COLUMN last_activity_on TEXT;

-- One change of one field of a deal. The values are in the form of that field: a stage as in `opportunities`, a date,
-- and an amount in whole units of the deal's currency with decimals (1240.50), as histories of CRMs keep it.
CREATE TABLE opportunity_changes (
    id             TEXT PRIMARY KEY,
    partner_id     TEXT NOT NULL REFERENCES partners (id),
    opportunity_id TEXT NOT NULL REFERENCES opportunities (id),
    field          TEXT NOT NULL CHECK (field IN ('stage', 'amount', 'close_date')),
    old_value      TEXT NOT NULL,
    new_value      TEXT NOT NULL,
    changed_on     TEXT NOT NULL
);
CREATE INDEX opportunity_changes_by_partner ON opportunity_changes (partner_id, changed_on);

-- Money for joint marketing that a partner may draw on within a time.
CREATE TABLE mdf_funds (
    id            TEXT PRIMARY KEY,
    partner_id    TEXT NOT NULL REFERENCES partners (id),
    name          TEXT NOT NULL,
    granted_minor BIGINT NOT NULL CHECK (granted_minor >= 0),
    currency      TEXT NOT NULL,
    valid_from    TEXT NOT NULL,
    expires_on    TEXT NOT NULL              -- the last day it can be drawn on
);
CREATE INDEX mdf_funds_by_partner ON mdf_funds (partner_id, expires_on);

-- What a partner asks of a fund: requested, then approved or rejected; claimed once the invoices are in, then paid.
-- An approval that is not used in time is expired.
CREATE TABLE mdf_claims (
    id           TEXT PRIMARY KEY,
    partner_id   TEXT NOT NULL REFERENCES partners (id),
    fund_id      TEXT NOT NULL REFERENCES mdf_funds (id),
    activity     TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),   -- what the fund pays, not what the activity costs
    currency     TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN
                 ('requested', 'approved', 'rejected', 'claimed', 'paid', 'expired')),
    submitted_on TEXT NOT NULL,
    decided_on   TEXT,
    paid_on      TEXT
);
CREATE INDEX mdf_claims_by_partner ON mdf_claims (partner_id, submitted_on);

-- What a partner's referral link brought on a day.
CREATE TABLE referral_activity (
    id         TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    on_date    TEXT NOT NULL,
    clicks     BIGINT NOT NULL CHECK (clicks >= 0),
    leads      BIGINT NOT NULL CHECK (leads >= 0)
);
CREATE INDEX referral_activity_by_partner ON referral_activity (partner_id, on_date);
