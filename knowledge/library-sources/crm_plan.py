"""The story behind the sample CRM: who the partners are, what they hold and what they have in flight.

Data only. `make_crm.py` turns it into the CSV files, `check_crm.py` holds those to the documents.
"""

PRODUCTS = ["Weave", "Conduit", "Vantage"]
TIERS = ["registered", "silver", "gold", "platinum"]

# Basis points by tier, for Weave, Conduit and Vantage: the Commission Plan 2025.
RATES = {
    ("new", "sourced"): [[800, 600, 1000], [1200, 1000, 1400], [1500, 1300, 1800], [2000, 1700, 2200]],
    ("expansion", "sourced"): [[500, 400, 600], [800, 600, 900], [1000, 800, 1200], [1300, 1100, 1500]],
    ("renewal", "sourced"): [[0, 0, 0], [300, 300, 400], [500, 400, 600], [700, 600, 800]],
    ("new", "influenced"): [[250, 200, 300], [400, 350, 500], [600, 500, 700], [800, 700, 900]],
    ("expansion", "influenced"): [[100, 100, 150], [250, 200, 300], [400, 300, 500], [550, 450, 600]],
    ("renewal", "influenced"): [[0, 0, 0], [0, 0, 0], [150, 100, 200], [250, 200, 300]],
}
# The rules of 2024 knew one rate for all products and none for expansion.
OLD_RATES = {
    ("new", "sourced"): [700, 900, 1100, 1600],
    ("renewal", "sourced"): [0, 125, 225, 325],
    ("new", "influenced"): [175, 225, 275, 425],
}
SPIFF_BPS, SPIFF_FROM_MINOR = 300, 40_000_00

# tier: revenue in whole EUR, USD, SGD; certified people; won deals.
THRESHOLDS = {
    "registered": ([0, 0, 0], 0, 0),
    "silver": ([100_000, 110_000, 150_000], 2, 2),
    "gold": ([300_000, 330_000, 450_000], 4, 5),
    "platinum": ([900_000, 990_000, 1_350_000], 8, 10),
}
OLD_THRESHOLDS = {"silver": (75_000, 1, 2), "gold": (250_000, 3, 4), "platinum": (750_000, 6, 8)}

WINDOWS = {"registered": 60, "silver": 90, "gold": 120, "platinum": 180}  # Vantage: 30 days more
EXTENSION = {"registered": (1, 30), "silver": (1, 30), "gold": (2, 45), "platinum": (2, 45)}

# id, name, tier, type, region, country, currency, joined, manager, e-mail, code
PARTNERS = [
    ("p-001", "Alderbrook Systems", "gold", "reseller", "emea", "DE", "EUR", "2021-05-10",
     "Anneke Visser", "anneke.visser@merrowline.example", "ALDER21"),
    ("p-002", "Cobalt Ridge Partners", "platinum", "reseller", "amer", "US", "USD", "2019-02-18",
     "Marcus Ellery", "marcus.ellery@merrowline.example", "COBALT19"),
    ("p-003", "Jalan Digital", "silver", "services", "apac", "SG", "SGD", "2022-09-05",
     "Priya Ramanathan", "priya.ramanathan@merrowline.example", "JALAN22"),
    ("p-004", "Fennmark Advisory", "registered", "referral", "emea", "NL", "EUR", "2024-11-04",
     "Partner Desk", "partner-desk@merrowline.example", "FENN24"),
    ("p-005", "Tessellate Cloud Market", "gold", "marketplace", "amer", "US", "USD", "2020-08-24",
     "Dana Whitlock", "dana.whitlock@merrowline.example", "TESSEL20"),
    ("p-006", "Veldhaven Integrators", "silver", "services", "emea", "FR", "EUR", "2023-03-13",
     "Anneke Visser", "anneke.visser@merrowline.example", "VELD23"),
    ("p-007", "Kurrajong Networks", "registered", "reseller", "apac", "MY", "SGD", "2025-01-20",
     "Partner Desk", "partner-desk@merrowline.example", "KURRA25"),
    ("p-008", "Lindqvist and Moor", "silver", "referral", "amer", "CA", "USD", "2022-06-27",
     "Dana Whitlock", "dana.whitlock@merrowline.example", "LINDQ22"),
]

# Won deals: partner, then per quarter "product motion attribution thousands" separated by commas.
# W, C, V: the product; n, e, r: new, expansion, renewal; s, i: sourced, influenced.
WON = {
    "p-001": {-5: "W n s 41", -4: "C n s 58, W n i 63", -3: "V n s 72, W e s 18", -2: "W n s 66, C n s 49, W r s 41",
              -1: "V n s 54, W n s 47, C e i 22"},
    "p-002": {-5: "W n s 120, C n s 88, V n i 64", -4: "W n s 140, C r s 88, V n s 97",
              -3: "W n s 76, C n s 112, W e s 45, V n i 82", -2: "C n s 134, W n s 91, V n s 68, W r s 120",
              -1: "W n s 105, C e s 37, V n s 83, C n i 59"},
    "p-003": {-5: "W n i 52", -4: "C n s 74", -3: "W n s 83", -2: "V n s 96, W e s 31", -1: "C n s 118, W n i 89"},
    "p-004": {-2: "W n s 24", -1: "C n s 37"},
    "p-005": {-5: "C n i 44", -4: "W n s 71, C n s 39", -3: "V n s 58, W n i 62", -2: "C n s 86, W e s 27",
              -1: "W n s 79, C r s 39"},
    "p-006": {-5: "W n s 33", -4: "C n s 46", -3: "W n i 52", -2: "V n s 44", -1: "W n s 38, C e s 19"},
    "p-007": {-4: "W r s 14", -1: "W n s 48"},
    "p-008": {-5: "W n s 29", -4: "C n s 57", -2: "W n s 42", -1: "V n s 46"},
}
LOST = {
    "p-001": {-3: "C n s 45", -1: "W n i 88"}, "p-002": {-4: "V n s 75", -2: "W n s 130", -1: "C n i 52"},
    "p-003": {-2: "W n s 66"}, "p-004": {-1: "W n s 30"}, "p-005": {-3: "W n s 47", -1: "V n i 61"},
    "p-006": {-4: "W n s 28", -1: "C n s 53"}, "p-007": {-2: "C n s 36"}, "p-008": {-1: "C n s 40"},
}
# Open deals: stage and closing quarter in front; a name at the end ties it to the registration below.
OPEN = {
    "p-001": ["negotiation +0 W n s 62 r1", "proposal +1 V n s 58 r2", "proposal +0 C n s 44 r3",
              "qualification +1 W n i 51", "prospecting +1 C n s 39", "negotiation +0 W r s 47"],
    "p-002": ["negotiation +0 V n s 110 r1", "proposal +0 W n s 145 r2", "proposal +1 C n s 98 r3",
              "qualification +1 W e s 56", "prospecting +1 V n i 72", "negotiation +0 C r s 112", "qualification +1 C n s 64"],
    "p-003": ["proposal +0 W n s 71 r1", "qualification +1 V n s 88 r2", "negotiation +0 C n i 94",
              "prospecting +1 W n s 45"],
    "p-004": ["qualification +1 W n s 26 r1", "prospecting +1 V n s 48", "proposal +0 C n s 33"],
    "p-005": ["negotiation +0 C n s 81 r1", "proposal +1 W n s 67 r2", "qualification +1 V n s 74",
              "prospecting +1 C n i 42", "proposal +0 W r s 71"],
    "p-006": ["proposal +0 C n s 48 r1", "negotiation +0 W n s 36 r2", "qualification +1 V n i 55",
              "prospecting +1 W n s 31"],
    "p-007": ["proposal +0 W n s 40 r1", "prospecting +1 C n s 27", "qualification +1 V n s 52"],
    "p-008": ["negotiation +0 W n s 44 r1", "qualification +1 C n s 38", "prospecting +1 W n i 29"],
}

# Registrations: partner, tie or customer, product, status, submitted, decided, extensions, reason (days before today).
BELOW = "The estimated yearly value is below the minimum of 10,000."
OPEN_ALREADY = "The customer already has an open Merrowline opportunity for the same product."
NAMED = "The customer is on the list of named accounts."
REVIEW = "Another claim for the same customer and product is under review."
REGISTRATIONS = [
    ("p-001", "r1", "W", "approved", 116, 115, 0, ""),
    ("p-001", "r2", "V", "approved", 62, 60, 0, ""),
    ("p-001", "r3", "C", "approved", 101, 100, 1, ""),
    ("p-001", "Brandvoort Steel", "W", "submitted", 1, None, 0, ""),
    ("p-001", "Ostermeer Hospitals", "C", "expired", 162, 160, 0, ""),
    ("p-001", "Pellworm Ferries", "W", "rejected", 40, 39, 0, BELOW),
    ("p-001", "Sundgaard Energy", "V", "conflicting", 5, None, 0, REVIEW),
    ("p-002", "r1", "V", "approved", 131, 130, 0, ""),
    ("p-002", "r2", "W", "approved", 176, 175, 0, ""),
    ("p-002", "r3", "C", "approved", 22, 20, 0, ""),
    ("p-002", "Palo Cedro Mining", "W", "submitted", 2, None, 0, ""),
    ("p-002", "Quillback Marine", "C", "expired", 302, 300, 1, ""),
    ("p-002", "Ridgefarm Dairy", "V", "rejected", 70, 68, 0, NAMED),
    ("p-003", "r1", "W", "approved", 87, 85, 0, ""),
    ("p-003", "r2", "V", "approved", 33, 30, 0, ""),
    ("p-003", "Telok Harbour Services", "C", "expired", 128, 125, 0, ""),
    ("p-003", "Bukit Merah Clinics", "W", "submitted", 1, None, 0, ""),
    ("p-004", "r1", "W", "approved", 21, 20, 0, ""),
    ("p-004", "Zandhorst Bakeries", "C", "rejected", 55, 54, 0, BELOW),
    ("p-005", "r1", "C", "approved", 92, 90, 0, ""),
    ("p-005", "r2", "W", "approved", 141, 140, 1, ""),
    ("p-005", "Larkspur Robotics", "V", "rejected", 31, 30, 0, OPEN_ALREADY),
    ("p-005", "Mesa Verde Optics", "C", "expired", 222, 220, 1, ""),
    ("p-006", "r1", "C", "approved", 102, 100, 1, ""),
    ("p-006", "r2", "W", "approved", 46, 45, 0, ""),
    ("p-006", "Sundgaard Energy", "V", "conflicting", 4, None, 0, REVIEW),
    ("p-006", "Corbigny Glass", "C", "expired", 96, 95, 0, ""),
    ("p-007", "r1", "W", "approved", 60, 58, 0, ""),
    ("p-007", "Selayang Foods", "V", "submitted", 2, None, 0, ""),
    ("p-008", "r1", "W", "approved", 36, 35, 0, ""),
    ("p-008", "Great Slave Timber", "C", "expired", 131, 130, 0, ""),
]

# How likely an open deal is, in percent by its stage, and the days without activity of those that have gone quiet: by
# partner and place among its open deals. The others were worked on in the days before.
PROBABILITY = {"prospecting": 10, "qualification": 25, "proposal": 50, "negotiation": 75, "closed_won": 100, "closed_lost": 0}
QUIET = {("p-001", 2): 41, ("p-002", 1): 63, ("p-003", 0): 35, ("p-005", 1): 52, ("p-006", 0): 47, ("p-007", 0): 33}

# What changed on open deals: partner, place among its open deals, field, days before today, and what was there before: a
# stage, thousands, or the close date.
CHANGES = [
    ("p-001", 0, "stage", 3, "proposal"), ("p-001", 0, "stage", 38, "qualification"), ("p-001", 0, "amount", 3, 57),
    ("p-001", 1, "stage", 5, "qualification"), ("p-001", 1, "close_date", 5, "Q+1.1.30"), ("p-001", 2, "stage", 58, "qualification"),
    ("p-002", 0, "stage", 2, "proposal"), ("p-002", 0, "amount", 24, 118), ("p-002", 1, "stage", 80, "qualification"),
    ("p-002", 2, "stage", 4, "qualification"), ("p-003", 0, "stage", 35, "qualification"), ("p-003", 1, "stage", 6, "prospecting"),
    ("p-003", 1, "close_date", 6, "Q+1.1.20"), ("p-004", 0, "stage", 2, "prospecting"), ("p-005", 0, "stage", 4, "proposal"),
    ("p-005", 0, "amount", 4, 88), ("p-005", 1, "close_date", 52, "Q+0.3.15"), ("p-006", 0, "stage", 47, "qualification"),
    ("p-006", 1, "stage", 1, "proposal"), ("p-007", 0, "stage", 33, "qualification"), ("p-008", 0, "stage", 5, "proposal"),
    ("p-008", 0, "close_date", 5, "Q+0.3.10"),
]

# Market development funds, by the policy: silver has one for each half-year, gold and platinum accrue a share of the new
# business of the quarter before, to be used by the end of the second quarter after.
MDF_HALF_YEAR = {"silver": 2_500}
MDF_ACCRUAL = {"gold": 2, "platinum": 3}  # percent
MDF_SHARE = {"silver": 50, "gold": 50, "platinum": 60}  # percent of the costs that are paid back
# Requests: partner, half-year or quarter of the fund, activity, costs of it, status, submitted, decided, paid.
MDF_CLAIMS = [
    ("p-001", -2, "Trade fair stand for process automation", 2_600, "paid", "Q-2.2.6", "Q-2.2.11", "Q-1.1.20"),
    ("p-001", -1, "Customer breakfast on workflow automation", 2_000, "claimed", "D-61", "D-57", ""),
    ("p-001", -1, "Webinar series for controllers", 1_400, "approved", "D-24", "D-20", ""),
    ("p-001", 0, "Paid social campaign for Vantage", 1_800, "requested", "D-2", "", ""),
    ("p-001", -1, "Sponsored dinner without a lead list", 1_200, "rejected", "D-33", "D-29", ""),
    ("p-002", -2, "Regional customer event", 9_500, "paid", "Q-2.1.14", "Q-2.1.19", "Q-1.2.9"),
    ("p-002", -2, "Telemarketing campaign for Conduit", 2_500, "expired", "Q-2.2.4", "Q-2.2.9", ""),
    ("p-002", -1, "Trade fair stand for integration", 8_000, "approved", "D-40", "D-36", ""),
    ("p-002", 0, "Webinar on process analytics", 4_000, "requested", "D-1", "", ""),
    ("p-003", -1, "Customer event for logistics firms", 3_600, "paid", "H-1.2.8", "H-1.2.12", "H-1.4.20"),
    ("p-003", 0, "Translated sales material for Vantage", 2_400, "approved", "D-19", "D-15", ""),
    ("p-005", -1, "Marketplace launch webinar", 1_600, "claimed", "D-48", "D-45", ""),
    ("p-005", 0, "Paid social campaign for Conduit", 1_500, "requested", "D-3", "", ""),
    ("p-006", 0, "Telemarketing campaign for Weave", 3_000, "requested", "D-4", "", ""),
]

# What the referral links bring: on which days of a quarter, and about how many clicks on each.
REFERRAL_DAYS = ["1.6", "1.20", "2.4", "2.18", "3.3", "3.17"]
REFERRAL_CLICKS = {"p-001": 12, "p-004": 58, "p-005": 21, "p-008": 44}

# Certificates: partner, person, certificate, days until it expires (negative: expired).
SALES, WEAVE, CONDUIT, VANTAGE = "Certified Sales Professional", "Weave Implementer", "Conduit Architect", "Vantage Analyst"
VALID_DAYS = {SALES: 730, WEAVE: 548, CONDUIT: 548, VANTAGE: 730}
CERTIFICATES = [
    ("p-001", "Greta Hollmann", SALES, 410), ("p-001", "Jonas Petrak", SALES, 25),
    ("p-001", "Mirela Dragan", WEAVE, 300), ("p-001", "Mirela Dragan", CONDUIT, 190),
    ("p-001", "Timo Asikainen", WEAVE, 64), ("p-001", "Ines Barroso", VANTAGE, 505),
    ("p-001", "Stefan Krol", SALES, 600), ("p-001", "Heike Lorenz", WEAVE, -45),
    ("p-002", "Avery Castellan", SALES, 350), ("p-002", "Jordan Pike", SALES, 520), ("p-002", "Riley Okafor", WEAVE, 410),
    ("p-002", "Riley Okafor", CONDUIT, 240), ("p-002", "Morgan Tran", WEAVE, 130), ("p-002", "Casey Lund", VANTAGE, 610),
    ("p-002", "Drew Santoro", SALES, 95), ("p-002", "Sam Whitaker", VANTAGE, 18), ("p-002", "Quinn Abara", WEAVE, 330),
    ("p-002", "Blake Rhodes", SALES, 700), ("p-002", "Toni Vasquez", WEAVE, -12),
    ("p-003", "Mei Ling Koh", SALES, 280), ("p-003", "Arjun Menon", WEAVE, 150), ("p-003", "Arjun Menon", CONDUIT, 75),
    ("p-003", "Siti Rahayu", VANTAGE, 460), ("p-003", "Daniel Ong", WEAVE, -30),
    ("p-004", "Wouter Zijlstra", SALES, 220),
    ("p-005", "Nadia Kessler", SALES, 400), ("p-005", "Omar Feld", SALES, 55), ("p-005", "Lena Park", WEAVE, 260),
    ("p-005", "Victor Amado", WEAVE, 370), ("p-005", "Grace Tillman", VANTAGE, 540), ("p-005", "Peter Nash", SALES, -100),
    ("p-006", "Claire Aubanel", SALES, 310), ("p-006", "Luc Fontenay", WEAVE, 20), ("p-006", "Yann Kerbrat", SALES, -8),
    ("p-007", "Farah Aziz", SALES, 145),
    ("p-008", "Elsa Moor", SALES, 265), ("p-008", "Tobias Lindqvist", SALES, 82), ("p-008", "Nora Whitefish", VANTAGE, -60),
]

# Full clawback: partner, quarter and product of the deal; the day it is booked. Half: the same.
CLAWED_FULL = ("p-002", -3, "C", "Q-1.1.4")
CLAWED_HALF = ("p-006", -4, "C", "Q-2.3.10")

# What direct sales knows, besides partners: name, domain, country, parent, status.
ACCOUNTS = [
    ("Ridgefarm Dairy", "ridgefarm.example", "US", "Ridgefarm Foods Group", "open"),
    ("Larkspur Robotics", "larkspur-robotics.example", "US", "", "open"),
    ("Noordvliet Ports", "noordvliet.example", "NL", "Noordvliet Holding", "open"),
    ("Silverpine Insurance", "silverpine.example", "CA", "", "open"),
    ("Haldorsen Freight", "haldorsen.example", "DE", "", "customer"),
    ("Castrovel Motors", "castrovel.example", "DE", "Castrovel Group", "customer"),
    ("Oakenfell Retail", "oakenfell.example", "US", "", "customer"),
    ("Harrowgate Telecom", "harrowgate-telecom.example", "GB", "", "customer"),
    ("Tanjong Hotels", "tanjonghotels.example", "SG", "", "customer"),
    ("Brandvoort Steel", "brandvoort.example", "DE", "Brandvoort Group", "prospect"),
    ("Corbigny Glass", "corbigny.example", "FR", "", "prospect"),
    ("Palo Cedro Mining", "", "US", "", "prospect"),
]

CUSTOMERS = """Haldorsen Freight|Brackwater Utilities|Nettelhorst Foods|Virelai Textiles|Ombergen Insurance|Castrovel Motors
Dunmere Hospitals|Elkhart Polymers|Fjordane Seafood|Gravenmoor Logistics|Hollisworth Bank|Ivarsson Timber|Juniper Vale Clinics
Kestlewood Paper|Lomaris Shipping|Maplehurst Schools|Norvale Pharma|Oakenfell Retail|Pemberley Glassworks|Quarrington Steel
Rosendahl Optics|Saltmarsh Energy|Thornaby Rail|Ulverscroft Media|Vantongeren Chemicals|Westermark Mutual|Yarrowdale Dairy
Zellweger Pumps|Arbolita Coffee|Birchmount Airports|Cinderford Ceramics|Delacroft Hotels|Eastmoreland Water|Farrowgate Housing
Glenhaven Care|Harborline Ferries|Inverloch Salmon|Jasperfield Mining|Kingsbarrow Tools|Larchmere Furniture|Montclair Printing
Nightingale Labs|Orchard Bay Grocers|Pinehollow Telecom|Quenby Packaging|Redstone Quarries|Silverlake Tyres|Tamarack Lumber
Umberfield Paints|Verdanza Seeds|Willowmere Credit Union|Xanthe Cosmetics|Yellowbrick Parcels|Zephyrine Aviation|Amberley Locks
Bellacourt Wines|Copperhill Cables|Driftwood Resorts|Eldergate Pensions|Foxglove Nurseries|Granite Peak Gear|Hazelmoor Eggs
Ironbridge Castings|Jadewater Spas|Kelpstone Ports|Lanternfish Media|Mossgrove Organics|Northfold Mills|Opaline Displays
Pearlbank Trust|Quicksilver Couriers|Rivermouth Cranes|Starling Aerospace|Tidewell Marine|Underwood Boilers|Violet Hill Schools
Wexbridge Tiles|Yewtree Legal|Zinnia Health|Ashcombe Elevators|Bramblewick Toys|Cloverfield Tractors|Dovecote Linen
Emberstone Kilns|Fallowmere Farms|Goldcrest Watches|Hearthside Ovens|Indigo Shore Travel|Jetstream Rotors|Kilnfield Bricks
Lakemont Boats|Meadowlark Radio|Nutwood Joinery|Oxbow Irrigation|Plumtree Jams|Quartzline Sensors|Rookwood Safes
Sandpiper Airlines|Thistledown Wool|Upland Cheese|Valleyforge Axles|Waterford Turbines|Yardley Blinds|Zodiac Yarns
Aldercrest Bearings|Briarwood Scales|Cobblestone Cafes|Dunlin Pipes|Evenfall Lamps|Fernhollow Spices""".replace("\n", "|").split("|")
