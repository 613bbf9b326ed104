"""Hold the sample CRM to the written documents, for several seeding days.

Checks: foreign keys and one currency per partner; every commission is base × rate of the written plan; every won deal
that earns has its commission and no other has; payment, clawback and protection dates follow the rules; tiers fit
their thresholds; funds and requests follow the policy; changes lead to how deals stand; the rate tables of the Commission Plan, the workbook and `commission_rates.csv` agree.
"""

import calendar
import csv
import datetime
import pathlib
import re

import openpyxl

from markup import blocks, front_matter

HERE = pathlib.Path(__file__).parent
SAMPLE = HERE.parents[1] / "src" / "crm" / "sample"
LIBRARY = HERE.parent / "library"
TABLES = """partners opportunities opportunity_changes deal_registrations commissions certifications mdf_funds mdf_claims
referral_activity accounts tier_rules commission_rates""".split()
# The first and the last day of a quarter, and days between: answers by quarter may not depend on the day.
SEEDED_ON = [datetime.date(2026, 10, 1), datetime.date(2026, 11, 21), datetime.date(2026, 12, 31), datetime.date(2027, 3, 1)]


def main():
    tables = {name: list(csv.DictReader(open(SAMPLE / f"{name}.csv", encoding="utf-8"))) for name in TABLES}
    check_references(tables)
    check_rate_tables(tables["commission_rates"])
    check_thresholds(tables["tier_rules"])
    check_commissions(tables)
    for today in SEEDED_ON:
        check_dates(tables, today)
        check_tiers(tables, today)
        check_changes(tables, today)
        check_funds(tables, today)
    print("the sample CRM and the documents agree:", ", ".join(f"{len(rows)} {name}" for name, rows in tables.items()))


def resolve(text, today):
    """The day that a relative date means when the sample is seeded on `today`."""
    if text.startswith("D"):
        return today + datetime.timedelta(days=int(text[1:]))
    if text[:1] in ("Q", "H"):
        span, (number, month, day) = {"Q": 3, "H": 6}[text[0]], text[1:].split(".")
        months = today.year * 12 + (today.month - 1) // span * span + int(number) * span + int(month) - 1
        year, month = months // 12, months % 12 + 1
        return datetime.date(year, month, min(int(day), calendar.monthrange(year, month)[1]))
    return datetime.date.fromisoformat(text)


def by_id(rows):
    return {row["id"]: row for row in rows}


def check_references(tables):
    partners, deals = by_id(tables["partners"]), by_id(tables["opportunities"])
    assert len(deals) == len(tables["opportunities"]) >= 85
    funds = by_id(tables["mdf_funds"])
    for claim in tables["mdf_claims"]:
        assert funds[claim["fund_id"]]["partner_id"] == claim["partner_id"], claim
    for name in ("opportunities", "opportunity_changes", "deal_registrations", "commissions", "certifications", "mdf_funds",
                 "mdf_claims", "referral_activity"):
        assert len(by_id(tables[name])) == len(tables[name]), f"{name}: an id is used twice"
        for row in tables[name]:
            assert row["partner_id"] in partners, row
            assert row.get("currency", partners[row["partner_id"]]["currency"]) == partners[row["partner_id"]]["currency"], row
            if row.get("opportunity_id"):
                deal = deals[row["opportunity_id"]]
                assert deal["partner_id"] == row["partner_id"], row
                if name == "deal_registrations":
                    assert (deal["customer"], deal["product"]) == (row["customer"], row["product"]), row
    known = {row["name"]: row["status"] for row in tables["accounts"]}
    assert len(by_id(tables["accounts"])) == len(known) == len(tables["accounts"])
    sold = {deal["customer"] for deal in deals.values() if deal["stage"] == "closed_won"}
    direct = {row["customer"] for row in tables["deal_registrations"] if "named accounts" in row["reason"] or "already has" in row["reason"]}
    for name, status in known.items():
        assert status != "prospect" or name not in sold, f"{name} has bought"
        assert status != "open" or name not in {deal["customer"] for deal in deals.values()}, f"direct sales and a partner work on {name}"
    assert all(known.get(name) == "open" for name in direct), direct
    owner = {}
    for deal in deals.values():
        assert owner.setdefault(deal["customer"], deal["partner_id"]) == deal["partner_id"], f"two partners sell to {deal['customer']}"


def check_rate_tables(rates):
    current = {(r["motion"], r["attribution"], r["tier"], r["product"]): int(r["rate_bps"]) for r in rates if r["effective_from"] == "2025-04-01"}
    plan, title = {}, None
    for block in blocks(front_matter((HERE / "program/commission-plan.pdf.md").read_text())[1]):
        if match := re.match(r"(New business|Expansion|Renewal), (sourced|influenced)", block.text):
            title = (match[1].split()[0].lower(), match[2])
        if block.kind == "table" and block.items[0] == ["Tier", "Weave", "Conduit", "Vantage"]:
            for tier, *cells in block.items[1:]:
                for product, cell in zip(block.items[0][1:], cells):
                    plan[(*title, tier.lower(), product)] = round(float(cell.strip("%")) * 100)
    assert plan == current, "Commission Plan and commission_rates.csv differ"
    book = openpyxl.load_workbook(LIBRARY / "rates/commission-rates.xlsx")
    sheets = {}
    for sheet in book.worksheets[:6]:
        motion, attribution = sheet.title.lower().replace("new business", "new").split()
        header, *lines = sheet.iter_rows(values_only=True)
        for tier, *cells in lines:
            for product, cell in zip(header[1:], cells):
                sheets[(motion, attribution, tier.lower(), product)] = round(cell * 10_000)
    assert sheets == current, "workbook and commission_rates.csv differ"
    old = (LIBRARY / "program/program-rules-2024.md").read_text()
    for rate in (r for r in rates if r["effective_until"] == "2025-04-01"):
        assert f"{int(rate['rate_bps']) / 100:g}%" in old, rate


def check_thresholds(rules):
    rows = [(r["tier"], r["currency"], int(r["min_revenue_minor"]) // 100, int(r["min_certified"]), int(r["min_won_deals"]))
            for r in rules if not r["effective_until"]]
    guide = [block.items for block in blocks(front_matter((HERE / "program/program-guide.pdf.md").read_text())[1])
             if block.kind == "table" and block.items[0][1:2] == ["Revenue in EUR"]][0]
    sheet = [list(row) for row in openpyxl.load_workbook(LIBRARY / "rates/commission-rates.xlsx")["Tier thresholds"].iter_rows(values_only=True)]
    for table in (guide, sheet):
        written = [(tier.lower(), currency, *[int(str(n).replace(",", "")) for n in (amount, certified, won)])
                   for tier, *amounts, certified, won in table[1:] for currency, amount in zip(["EUR", "USD", "SGD"], amounts)]
        assert sorted(written) == sorted(rows), "thresholds differ"


def check_commissions(tables):
    partners = by_id(tables["partners"])
    rates = {(r["tier"], r["product"], r["motion"], r["attribution"]): int(r["rate_bps"])
             for r in tables["commission_rates"] if r["effective_from"] == "2025-04-01"}
    for deal in tables["opportunities"]:
        rate = rates[partners[deal["partner_id"]]["tier"], deal["product"], deal["motion"], deal["attribution"]]
        base, own = int(deal["amount_minor"]), [c for c in tables["commissions"] if c["opportunity_id"] == deal["id"]]
        kinds = [c["kind"] for c in own]
        won = deal["stage"] == "closed_won"
        assert kinds.count("commission") == (won and rate > 0), deal
        launch = (deal["product"], deal["motion"], deal["attribution"]) == ("Vantage", "new", "sourced") and base >= 40_000_00
        assert kinds.count("spiff") == (won and launch), deal
        for record in own:
            expected_base = base // 2 if record["kind"] == "clawback" and record["base_minor"] != deal["amount_minor"] else base
            expected_rate = 300 if record["kind"] == "spiff" else rate
            amount = (expected_base * expected_rate + 5_000) // 10_000
            assert int(record["base_minor"]) == expected_base and int(record["rate_bps"]) == expected_rate, record
            assert int(record["amount_minor"]) == (-amount if record["kind"] == "clawback" else amount), record
            assert record["kind"] == "clawback" or record["earned_on"] == deal["close_date"], record
    assert {c["status"] for c in tables["commissions"]} == {"pending", "approved", "paid", "clawed_back"}


def check_dates(tables, today):
    this_quarter = resolve("Q+0.1.1", today)
    deals, partners = by_id(tables["opportunities"]), by_id(tables["partners"])
    for deal in deals.values():
        created, close = resolve(deal["created_on"], today), resolve(deal["close_date"], today)
        closed = deal["stage"].startswith("closed")
        assert resolve("Q-5.1.1", today) <= created <= close, (deal, today)
        assert not closed or close < this_quarter, deal
        assert closed or close >= resolve("Q+0.3.28", today), deal
        assert bool(deal["next_step"]) != closed, deal
    for record in tables["commissions"]:
        earned, due = resolve(record["earned_on"], today), resolve(record["due_on"], today)
        number, month, _ = record["earned_on"][1:].split(".")
        if record["kind"] == "commission":
            assert record["due_on"] == f"Q{int(number) + 1:+}.3.30", record
        if record["kind"] == "spiff":
            assert (due.day, (due.month - earned.month) % 12) == (28, 1), record
        if record["kind"] == "clawback":
            days = (earned - resolve(deals[record["opportunity_id"]]["close_date"], today)).days
            half = record["base_minor"] != deals[record["opportunity_id"]]["amount_minor"]
            assert (181 <= days <= 365) if half else (0 < days <= 180), (record, days)
        if record["paid_on"]:
            assert record["paid_on"] == record["due_on"] and due < this_quarter, record
        assert (record["status"] == "paid") <= bool(record["paid_on"]), record
        assert record["status"] not in ("pending", "approved") or due >= resolve("Q-1.3.30", today), record
    windows = {"registered": (60, 1, 30), "silver": (90, 1, 30), "gold": (120, 2, 45), "platinum": (180, 2, 45)}
    for row in tables["deal_registrations"]:
        base, allowed, length = windows[partners[row["partner_id"]]["tier"]]
        assert int(row["extensions"]) <= allowed, row
        if row["protected_until"]:
            days = base + (30 if row["product"] == "Vantage" else 0) + int(row["extensions"]) * length
            until = resolve(row["protected_until"], today)
            assert until - resolve(row["decided_on"], today) == datetime.timedelta(days=days), row
            assert (until >= today) == (row["status"] == "approved"), row
        assert not any(partner["name"] in row["reason"] for partner in partners.values())
    assert {r["status"] for r in tables["deal_registrations"]} == {"submitted", "approved", "expired", "rejected", "conflicting"}
    assert any(r["protected_until"] == "D+5" for r in tables["deal_registrations"])


def check_tiers(tables, today):
    for partner in tables["partners"]:
        start, end = resolve("Q-4.1.1", today), resolve("Q+0.1.1", today)
        won = [d for d in tables["opportunities"] if d["partner_id"] == partner["id"] and d["stage"] == "closed_won"
               and start <= resolve(d["close_date"], today) < end]
        revenue = sum(int(d["amount_minor"]) for d in won)
        certified = len({c["person"] for c in tables["certifications"] if c["partner_id"] == partner["id"]
                         and resolve(c["expires_on"], today) >= today})
        reached = [r for r in tables["tier_rules"] if not r["effective_until"] and r["currency"] == partner["currency"]
                   and revenue >= int(r["min_revenue_minor"]) and certified >= int(r["min_certified"]) and len(won) >= int(r["min_won_deals"])]
        best = max(reached, key=lambda r: int(r["rank"]))["tier"]
        assert best == partner["tier"], (partner["name"], best, revenue, certified, len(won))


def check_changes(tables, today):
    """Changes of a field lead from one value to the next, the last of them to the deal as it stands."""
    deals = by_id(tables["opportunities"])
    for deal in deals.values():
        created, last = resolve(deal["created_on"], today), resolve(deal["last_activity_on"], today)
        assert created <= last <= today, (deal, today)
        own = [row for row in tables["opportunity_changes"] if row["opportunity_id"] == deal["id"]]
        assert all(created <= resolve(row["changed_on"], today) <= last for row in own), (deal, today)
        assert all(row["old_value"] != row["new_value"] for row in own), own
        now = {"stage": deal["stage"], "amount": f"{int(deal['amount_minor']) / 100:.2f}", "close_date": deal["close_date"]}
        for field, value in now.items():
            steps = sorted((row for row in own if row["field"] == field), key=lambda row: resolve(row["changed_on"], today))
            assert not steps or steps[-1]["new_value"] == value, (deal, steps)
            assert all(a["new_value"] == b["old_value"] for a, b in zip(steps, steps[1:])), steps


def check_funds(tables, today):
    """Funds are what the policy grants, requests what it allows."""
    policy = (LIBRARY / "program/mdf-policy.md").read_text()
    rules = {tier.lower(): (fund, share) for tier, fund, share in re.findall(r"^\| (\w+) \| (.+?) \| (\d+%|None) \|$", policy, re.M)}
    least = int(re.search(r"smallest activity that can be funded costs ([\d,]+)", policy)[1].replace(",", ""))
    decided_in = int(re.search(r"answers within (\d+) business days", policy)[1])
    partners, claims = by_id(tables["partners"]), tables["mdf_claims"]
    assert {partner["id"] for partner in partners.values() if rules[partner["tier"]][0] != "None"} == {fund["partner_id"] for fund in tables["mdf_funds"]}
    for fund in tables["mdf_funds"]:
        grant, share = rules[partners[fund["partner_id"]]["tier"]]
        first, last = resolve(fund["valid_from"], today), resolve(fund["expires_on"], today)
        if half_year := re.match(r"Project fund of up to ([\d,]+) for each half-year", grant):
            assert int(fund["granted_minor"]) == int(half_year[1].replace(",", "")) * 100, fund
            assert 181 <= (last - first).days + 1 <= 184, fund
        else:
            percent = int(re.match(r"Accrual of (\d+)% of new business won in the previous quarter", grant)[1])
            before = [resolve(f"Q{n:+}.1.1", today) for n in range(-5, 2)]
            start = max(day for day in before if day < first)
            new = sum(int(deal["amount_minor"]) for deal in tables["opportunities"] if deal["partner_id"] == fund["partner_id"]
                      and (deal["stage"], deal["motion"]) == ("closed_won", "new") and start <= resolve(deal["close_date"], today) < first)
            assert int(fund["granted_minor"]) == (new * percent + 50) // 100, (fund, new)
            assert 273 <= (last - first).days + 1 <= 276, fund
        own = [claim for claim in claims if claim["fund_id"] == fund["id"]]
        assert sum(int(claim["amount_minor"]) for claim in own if claim["status"] in ("approved", "claimed", "paid")) <= int(fund["granted_minor"]), fund
        for claim in own:
            assert int(claim["amount_minor"]) >= least * int(share.rstrip("%")), claim
    for claim in claims:
        submitted, decided = resolve(claim["submitted_on"], today), claim["decided_on"] and resolve(claim["decided_on"], today)
        assert submitted <= today, claim
        assert bool(decided) != (claim["status"] == "requested"), claim
        assert not decided or 0 <= (decided - submitted).days <= decided_in, claim
        assert bool(claim["paid_on"]) == (claim["status"] == "paid"), claim
        assert not claim["paid_on"] or decided < resolve(claim["paid_on"], today) <= today, claim
    assert {claim["status"] for claim in claims} == {"requested", "approved", "rejected", "claimed", "paid", "expired"}
    for row in tables["referral_activity"]:
        assert 0 <= int(row["leads"]) <= int(row["clicks"]) and resolve(row["on_date"], today) <= today, row


if __name__ == "__main__":
    main()
