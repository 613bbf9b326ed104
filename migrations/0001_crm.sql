-- The built-in CRM: partners and what they own. The assistant only reads these tables; `liaison seed --crm`
-- replaces what is in them, and a vendor with a CRM of its own leaves them empty.
--
-- The same text runs on SQLite and PostgreSQL:
--   * dates are ISO text (YYYY-MM-DD): they sort and compare as dates in both, and SQLite has no date type;
--   * amounts are whole minor units (cents) in BIGINT, never a float and never NUMERIC (a float in SQLite);
--   * rates are basis points (1 % = 100);
--   * closed sets are CHECKs instead of enum types, which SQLite lacks and PostgreSQL makes hard to change.

-- A firm that sells with us.
CREATE TABLE partners (
    id            TEXT PRIMARY KEY,          -- p-001; the `partner_id` of a portal's token
    name          TEXT NOT NULL,
    tier          TEXT NOT NULL,             -- a name from tier_rules: tiers are the vendor's to define
    type          TEXT NOT NULL CHECK (type IN ('referral', 'reseller', 'services', 'marketplace')),
    region        TEXT NOT NULL,
    country       TEXT NOT NULL,
    currency      TEXT NOT NULL,             -- ISO 4217: what it is paid in
    joined        TEXT NOT NULL,
    manager_name  TEXT NOT NULL,
    manager_email TEXT NOT NULL,
    referral_code TEXT NOT NULL UNIQUE,
    referral_url  TEXT NOT NULL
);

-- A deal that a partner sourced or influences.
CREATE TABLE opportunities (
    id            TEXT PRIMARY KEY,
    partner_id    TEXT NOT NULL REFERENCES partners (id),
    name          TEXT NOT NULL,
    customer      TEXT NOT NULL,
    product       TEXT NOT NULL,
    motion        TEXT NOT NULL CHECK (motion IN ('new', 'renewal', 'expansion')),
    attribution   TEXT NOT NULL CHECK (attribution IN ('sourced', 'influenced')),
    stage         TEXT NOT NULL CHECK (stage IN
                  ('prospecting', 'qualification', 'proposal', 'negotiation', 'closed_won', 'closed_lost')),
    amount_minor  BIGINT NOT NULL CHECK (amount_minor >= 0),
    currency      TEXT NOT NULL,
    created_on    TEXT NOT NULL,
    close_date    TEXT NOT NULL,             -- expected while open, actual once closed
    next_step     TEXT,
    -- Never opened to partners: src/crm/fields.rs leaves them out of every query, and tests look for them.
    margin_bps    BIGINT NOT NULL,
    discount_band TEXT NOT NULL,
    internal_note TEXT NOT NULL
);
CREATE INDEX opportunities_by_partner ON opportunities (partner_id, close_date);

-- A partner's claim on a deal, with its protection window once approved.
CREATE TABLE deal_registrations (
    id              TEXT PRIMARY KEY,
    partner_id      TEXT NOT NULL REFERENCES partners (id),
    opportunity_id  TEXT REFERENCES opportunities (id),   -- none until the deal is in the pipeline
    customer        TEXT NOT NULL,
    product         TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN
                    ('submitted', 'approved', 'expired', 'rejected', 'conflicting')),
    submitted_on    TEXT NOT NULL,
    decided_on      TEXT,
    protected_until TEXT,                    -- the last protected day
    extensions      BIGINT NOT NULL DEFAULT 0,
    reason          TEXT                     -- shown to the partner: never names another one
);
CREATE INDEX deal_registrations_by_partner ON deal_registrations (partner_id, submitted_on);

-- What a partner has earned on a deal; a clawback is a negative amount.
CREATE TABLE commissions (
    id             TEXT PRIMARY KEY,
    partner_id     TEXT NOT NULL REFERENCES partners (id),
    opportunity_id TEXT NOT NULL REFERENCES opportunities (id),
    kind           TEXT NOT NULL CHECK (kind IN ('commission', 'spiff', 'clawback')),
    base_minor     BIGINT NOT NULL,
    rate_bps       BIGINT NOT NULL,
    amount_minor   BIGINT NOT NULL,
    currency       TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'paid', 'clawed_back')),
    earned_on      TEXT NOT NULL,
    due_on         TEXT NOT NULL,
    paid_on        TEXT
);
CREATE INDEX commissions_by_partner ON commissions (partner_id, earned_on);

-- A certificate held by one of a partner's people.
CREATE TABLE certifications (
    id            TEXT PRIMARY KEY,
    partner_id    TEXT NOT NULL REFERENCES partners (id),
    person        TEXT NOT NULL,
    certification TEXT NOT NULL,
    earned_on     TEXT NOT NULL,
    expires_on    TEXT NOT NULL              -- the last day it is valid
);
CREATE INDEX certifications_by_partner ON certifications (partner_id);

-- What each tier asks for, over the trailing four quarters, while in force [effective_from, effective_until).
CREATE TABLE tier_rules (
    tier              TEXT NOT NULL,
    rank              BIGINT NOT NULL,       -- higher is better
    min_revenue_minor BIGINT NOT NULL,
    currency          TEXT NOT NULL,
    min_certified     BIGINT NOT NULL,
    min_won_deals     BIGINT NOT NULL,
    effective_from    TEXT NOT NULL,
    effective_until   TEXT,
    PRIMARY KEY (tier, currency, effective_from)
);

-- What a deal earns, by the rule in force on its close date.
CREATE TABLE commission_rates (
    tier            TEXT NOT NULL,
    product         TEXT NOT NULL,
    motion          TEXT NOT NULL CHECK (motion IN ('new', 'renewal', 'expansion')),
    attribution     TEXT NOT NULL CHECK (attribution IN ('sourced', 'influenced')),
    rate_bps        BIGINT NOT NULL CHECK (rate_bps >= 0),
    effective_from  TEXT NOT NULL,
    effective_until TEXT,
    PRIMARY KEY (tier, product, motion, attribution, effective_from)
);
