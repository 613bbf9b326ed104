"""Write the sample CRM, `src/crm/sample/*.csv`, from the story in `crm_plan.py`.

Deterministic: the pseudo-random part (days, cents, internal fields) is seeded, so that a run changes nothing unless
the story has changed. Dates are relative (`D+5`, `Q-1.2.14`), so the sample never gets old.
"""

import csv
import pathlib
import random

import crm_plan as plan

OUT = pathlib.Path(__file__).parents[2] / "src" / "crm" / "sample"
PRODUCT = dict(zip("WCV", plan.PRODUCTS))
MOTION = {"n": "new", "e": "expansion", "r": "renewal"}
ATTRIBUTION = {"s": "sourced", "i": "influenced"}
LABEL = {"new": "rollout", "expansion": "expansion", "renewal": "renewal"}
NEXT_STEP = {
    "prospecting": ["First meeting with the process owner", "Send the target process drawing", "Call back after the trade fair"],
    "qualification": ["Collect the PACT answers", "Name the budget holder", "Invite IT to the live build"],
    "proposal": ["Send the proposal", "Live build with IT", "Business case with the controller"],
    "negotiation": ["Order form with the customer's legal team", "Meeting with the budget holder", "Final price call"],
}
NOTES = ["Deal desk expects a counter-offer.", "Sponsor may leave; keep it to ourselves.", "Walk-away price agreed with the deal desk.",
         "Direct team asked for this account.", "Strategic uplift under discussion."]


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    deals = opportunities()
    registered = registrations(deals)
    changed = changes(deals)
    activities(deals, changed)
    write("partners", [
        dict(zip("id name tier type region country currency joined manager_name manager_email referral_code".split(), row),
             referral_url=f"https://merrowline.example/r/{row[-1]}")
        for row in plan.PARTNERS
    ])
    write("opportunities", deals)
    write("opportunity_changes", changed)
    write("deal_registrations", registered)
    write("commissions", commissions(deals))
    write("certifications", [
        {"id": f"cert-{n:04}", "partner_id": partner, "person": person, "certification": certificate,
         "earned_on": day(left - plan.VALID_DAYS[certificate]), "expires_on": day(left)}
        for n, (partner, person, certificate, left) in enumerate(plan.CERTIFICATES, start=1)
    ])
    funds = mdf_funds(deals)
    write("mdf_funds", funds)
    write("mdf_claims", mdf_claims(funds))
    write("referral_activity", referral_activity())
    write("accounts", [
        dict(zip("id name domain country parent status".split(), (f"acc-{n:04}", *row)))
        for n, row in enumerate(plan.ACCOUNTS, start=1)
    ])
    write("tier_rules", tier_rules())
    write("commission_rates", commission_rates())


def write(table, rows):
    with open(OUT / f"{table}.csv", "w", newline="", encoding="utf-8") as file:
        names = [name for name in rows[0] if not name.startswith("_")]
        writer = csv.DictWriter(file, fieldnames=names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{table}.csv  {len(rows)} rows")


def day(offset):
    return f"D{offset:+}"


def quarter(number, month, date):
    return f"Q{number:+}.{month}.{date}"


def opportunities():
    """Every deal of every partner, oldest closing first within a partner."""
    dice, customers, deals = random.Random(2025), iter(plan.CUSTOMERS), []
    for partner in plan.PARTNERS:
        known = {}  # product -> customers that have bought it from this partner
        for stage, book in (("closed_won", plan.WON), ("closed_lost", plan.LOST)):
            for number, specs in sorted(book[partner[0]].items()):
                for spec in specs.split(", "):
                    deals.append(_deal(dice, partner, stage, number, spec.split(), known, customers))
        for spec in plan.OPEN[partner[0]]:
            stage, number, *rest = spec.split()
            deals.append(_deal(dice, partner, stage, int(number), rest, known, customers))
    for n, deal in enumerate(deals, start=1):
        deal["id"] = f"o-{n:04}"
    return deals


def _deal(dice, partner, stage, number, spec, known, customers):
    product, motion, attribution = PRODUCT[spec[0]], MOTION[spec[1]], ATTRIBUTION[spec[2]]
    earlier = known.setdefault(product, [])
    # An expansion is sold to a customer won earlier; what renews now was bought before the sample begins.
    customer = earlier.pop(0) if motion == "expansion" and earlier else next(customers)
    if stage == "closed_won" and motion == "new":
        earlier.append(customer)
    # Even cents, so that half of a base (a half clawback) is a whole number of cents.
    amount = int(spec[3]) * 1000_00 + dice.randrange(-400, 400) * 100 + dice.choice([0, 20, 50, 80])
    closed, tie = stage.startswith("closed"), spec[4] if len(spec) > 4 else None
    # A SPIFF is paid on the 28th of the month after: deals of the third month would be paid in the current quarter.
    month = dice.randint(1, 2) if closed else 3
    close = quarter(number, month + (number == -5), dice.randint(3, 26))
    created = quarter(max(number - 1, -5), 1, dice.randint(2, 27))
    if not closed:
        close = quarter(0, 3, dice.randint(28, 30)) if number == 0 else quarter(1, dice.randint(1, 3), dice.randint(4, 27))
        created = quarter(-1, dice.randint(1, 3), dice.randint(2, 27))
    return {
        "id": None, "partner_id": partner[0], "name": f"{customer} {product} {LABEL[motion]}", "customer": customer,
        "product": product, "motion": motion, "attribution": attribution, "stage": stage, "amount_minor": amount,
        "currency": partner[6], "created_on": created, "close_date": close,
        "next_step": "" if closed else dice.choice(NEXT_STEP[stage]),
        "margin_bps": dice.randrange(5430, 8270), "discount_band": dice.choice("ABCD"), "internal_note": dice.choice(NOTES),
        "probability_pct": plan.PROBABILITY[stage], "last_activity_on": close if closed else None,
        "_tie": tie, "_tier": partner[2],
    }


def registrations(deals):
    tied = {(deal["partner_id"], deal["_tie"]): deal for deal in deals if deal["_tie"]}
    tiers, rows = {row[0]: row[2] for row in plan.PARTNERS}, []
    for n, (partner, what, product, status, submitted, decided, extensions, reason) in enumerate(plan.REGISTRATIONS, start=1):
        deal = tied.get((partner, what))
        if deal:
            deal["created_on"] = day(-submitted)  # the deal came with its registration
        window = plan.WINDOWS[tiers[partner]] + (30 if product == "V" else 0) + extensions * plan.EXTENSION[tiers[partner]][1]
        protected = day(window - decided) if decided and status in ("approved", "expired") else ""
        rows.append({
            "id": f"dr-{n:04}", "partner_id": partner, "opportunity_id": deal["id"] if deal else "",
            "customer": deal["customer"] if deal else what, "product": PRODUCT[product], "status": status,
            "submitted_on": day(-submitted), "decided_on": day(-decided) if decided else "", "protected_until": protected,
            "extensions": extensions, "reason": reason,
        })
    return rows


def changes(deals):
    """Stages, amounts and close dates of open deals as they were, and the last step of those closed last quarter."""
    rows = []
    for partner, place, field, days, before in plan.CHANGES:
        deal = open_deals(deals, partner)[place]
        now = {"stage": deal["stage"], "amount": f"{deal['amount_minor'] / 100:.2f}", "close_date": deal["close_date"]}[field]
        if field == "stage":  # a later change of the same deal has another stage behind it
            later = [row for row in plan.CHANGES if row[:3] == (partner, place, field) and row[3] < days]
            now = min(later, key=lambda row: -row[3])[4] if later else now
        _changed(rows, deal, field, f"{before * 1000:.2f}" if field == "amount" else before, now, day(-days))
    for deal in deals:
        if deal["stage"].startswith("closed") and deal["close_date"].startswith("Q-1."):
            _changed(rows, deal, "stage", "negotiation", deal["stage"], deal["close_date"])
    return rows


def _changed(rows, deal, field, old, new, on):
    rows.append({"id": f"oc-{len(rows) + 1:04}", "partner_id": deal["partner_id"], "opportunity_id": deal["id"], "field": field,
                 "old_value": old, "new_value": new, "changed_on": on})


def open_deals(deals, partner):
    return [deal for deal in deals if deal["partner_id"] == partner and not deal["stage"].startswith("closed")]


def activities(deals, changed):
    """When somebody last worked on each open deal: with its last change at the latest."""
    dice = random.Random(2026)
    for partner in plan.PARTNERS:
        for place, deal in enumerate(open_deals(deals, partner[0])):
            days = [-int(row["changed_on"][1:]) for row in changed if row["opportunity_id"] == deal["id"]]
            # A deal of the quarter's end may be four days old on the first day of the next.
            days = plan.QUIET.get((partner[0], place), min([dice.randint(1, 4), *days]))
            deal["last_activity_on"] = day(-days)


def mdf_funds(deals):
    rows = []
    for partner in plan.PARTNERS:
        if partner[2] in plan.MDF_HALF_YEAR:
            for half in (-1, 0):
                _fund(rows, partner, half, "Project fund of the half-year" if half == 0 else "Project fund of the half-year before",
                      plan.MDF_HALF_YEAR[partner[2]] * 100, f"H{half:+}.1.1", f"H{half:+}.6.31")
        if partner[2] in plan.MDF_ACCRUAL:
            for number in (-3, -2, -1, 0):
                new = sum(deal["amount_minor"] for deal in deals if deal["partner_id"] == partner[0] and deal["motion"] == "new"
                          and deal["stage"] == "closed_won" and deal["close_date"].startswith(f"Q{number - 1:+}."))
                name = ["Accrual of this quarter", "Accrual of the last quarter", "Accrual of two quarters ago",
                        "Accrual of three quarters ago"][-number]
                _fund(rows, partner, number, name, half_up(new, plan.MDF_ACCRUAL[partner[2]] * 100),
                      quarter(number, 1, 1), quarter(number + 2, 3, 31))
    return rows


def _fund(rows, partner, number, name, granted, first, last):
    rows.append({"id": f"mf-{len(rows) + 1:04}", "partner_id": partner[0], "name": name, "granted_minor": granted,
                 "currency": partner[6], "valid_from": first, "expires_on": last, "_number": number})


def mdf_claims(funds):
    partners, rows = {row[0]: row for row in plan.PARTNERS}, []
    for partner, number, activity, costs, status, submitted, decided, paid in plan.MDF_CLAIMS:
        fund = next(fund for fund in funds if (fund["partner_id"], fund["_number"]) == (partner, number))
        rows.append({"id": f"mc-{len(rows) + 1:04}", "partner_id": partner, "fund_id": fund["id"], "activity": activity,
                     "amount_minor": costs * plan.MDF_SHARE[partners[partner][2]], "currency": fund["currency"], "status": status,
                     "submitted_on": submitted, "decided_on": decided, "paid_on": paid})
    return rows


def referral_activity():
    dice, rows = random.Random(2027), []
    for partner, clicks in plan.REFERRAL_CLICKS.items():
        # Of the current quarter only its first day is sure to have come.
        days = [f"Q{number:+}.{date}" for number in (-3, -2, -1) for date in plan.REFERRAL_DAYS] + ["Q+0.1.1"]
        for date in days:
            came = clicks + dice.randint(-clicks // 3, clicks // 3)
            rows.append({"id": f"ra-{len(rows) + 1:04}", "partner_id": partner, "on_date": date, "clicks": came,
                         "leads": sum(dice.random() < 0.03 for _ in range(came))})
    return rows


def half_up(base, rate):
    return (base * rate + 5_000) // 10_000


def rate_of(deal):
    return plan.RATES[deal["motion"], deal["attribution"]][plan.TIERS.index(deal["_tier"])][plan.PRODUCTS.index(deal["product"])]


def commissions(deals):
    """One record per won deal that earns, plus SPIFFs and clawbacks, with the payment rule of the plan."""
    rows, recent = [], {}
    for deal in (deal for deal in deals if deal["stage"] == "closed_won"):
        number, month, _ = deal["close_date"][1:].split(".")
        number, month, partner = int(number), int(month), deal["partner_id"]
        rate, key = rate_of(deal), (partner, number, deal["product"][0])
        if rate:
            if number == -1:  # last quarter: the second deal of each partner still waits for the customer's money
                recent[partner] = recent.get(partner, 0) + 1
                status = "pending" if recent[partner] == 2 else "approved"
            else:
                status = "pending" if key == ("p-005", -2, "W") else "paid"
            due = quarter(number + 1, 3, 30)
            full = key == plan.CLAWED_FULL[:3] and deal["motion"] == "new"
            _add(rows, deal, "commission", deal["amount_minor"], rate, "clawed_back" if full else status, deal["close_date"],
                 due, due if status == "paid" or full else "")
            if full:
                _add(rows, deal, "clawback", deal["amount_minor"], rate, "clawed_back", plan.CLAWED_FULL[3], "Q-1.3.30", "")
            if key == plan.CLAWED_HALF[:3]:
                _add(rows, deal, "clawback", deal["amount_minor"] // 2, rate, "clawed_back", plan.CLAWED_HALF[3], "Q-2.3.30", "")
        if (deal["product"], deal["motion"], deal["attribution"]) == ("Vantage", "new", "sourced") and deal["amount_minor"] >= plan.SPIFF_FROM_MINOR:
            due = quarter(number, month + 1, 28) if month < 3 else quarter(number + 1, 1, 28)
            _add(rows, deal, "spiff", deal["amount_minor"], plan.SPIFF_BPS, "paid", deal["close_date"], due, due)
    return rows


def _add(rows, deal, kind, base, rate, status, earned, due, paid):
    sign = -1 if kind == "clawback" else 1
    rows.append({
        "id": f"c-{len(rows) + 1:04}", "partner_id": deal["partner_id"], "opportunity_id": deal["id"], "kind": kind,
        "base_minor": base, "rate_bps": rate, "amount_minor": sign * half_up(base, rate), "currency": deal["currency"],
        "status": status, "earned_on": earned, "due_on": due, "paid_on": paid,
    })


def tier_rules():
    rows = [
        _tier(tier, amounts[n], currency, certified, won, "2025-04-01", "")
        for tier, (amounts, certified, won) in plan.THRESHOLDS.items() for n, currency in enumerate(["EUR", "USD", "SGD"])
    ]
    return rows + [_tier(tier, *[a, "EUR", c, w], "2024-01-01", "2025-04-01") for tier, (a, c, w) in plan.OLD_THRESHOLDS.items()]


def _tier(tier, amount, currency, certified, won, since, until):
    return {"tier": tier, "rank": plan.TIERS.index(tier), "min_revenue_minor": amount * 100, "currency": currency,
            "min_certified": certified, "min_won_deals": won, "effective_from": since, "effective_until": until}


def commission_rates():
    rows = []
    for (motion, attribution), table in plan.RATES.items():
        for tier, rates in zip(plan.TIERS, table):
            rows += [_rate(tier, product, motion, attribution, rate, "2025-04-01", "") for product, rate in zip(plan.PRODUCTS, rates)]
    for (motion, attribution), rates in plan.OLD_RATES.items():
        for tier, rate in zip(plan.TIERS, rates):
            rows += [_rate(tier, product, motion, attribution, rate, "2024-01-01", "2025-04-01") for product in plan.PRODUCTS]
    return rows


def _rate(tier, product, motion, attribution, rate, since, until):
    return {"tier": tier, "product": product, "motion": motion, "attribution": attribution, "rate_bps": rate,
            "effective_from": since, "effective_until": until}


if __name__ == "__main__":
    main()
