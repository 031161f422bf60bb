"""Computes the yearly costs of a deployment, for docs/operate.md#costs, from the usage of a reissue and the prices.

`python3 docs/costs.py` prints the tables; with --check it compares them with those in docs/operate.md.
Prices: USD, ap-northeast-1, list prices without free tiers, as known in November 2026. Check them before relying on them.
"""

import sys
from pathlib import Path

MILLION = 1_000_000
PRICES = {
    "API Gateway, REST request": 4.25 / MILLION,
    "Lambda, request": 0.20 / MILLION,
    "Lambda, GB-second (x86_64)": 0.0000166667,
    "DynamoDB, read request unit": 0.1425 / MILLION,
    "DynamoDB, write request unit": 0.715 / MILLION,
    "DynamoDB, GB and month, with point-in-time recovery": 0.285 + 0.228,
    "KMS, elliptic-curve signature": 0.15 / 10_000,
    "KMS, MAC": 0.03 / 10_000,
    "SES, mail (Essentials; 0.10 a thousand in an account with the older plan)": 0.16 / 1_000,
    "SNS, message": 0.50 / MILLION,
    "SQS, request": 0.40 / MILLION,
    "S3, PUT or LIST": 0.0047 / 1_000,
    "S3, GET": 0.00037 / 1_000,
    "S3, GB and month": 0.025,
    "CloudFront, HTTPS request": 0.012 / 10_000,
    "CloudFront, GB": 0.114,
    "CloudWatch Logs, GB": 0.76,
    "X-Ray, trace": 5.00 / MILLION,
    "CloudWatch, metric and month": 0.30,
    "CloudWatch, alarm's metric and month": 0.10,
    "KMS, key and month": 1.00,
    "Secrets Manager, secret and month": 0.40,
}

# The requests of one reissue: steps 1 to 6 with one extension of the session (10), pick-up (2), pages and scripts (40).
API_REQUESTS, STATIC_REQUESTS = 12, 40
# Background invocations for each reissue: the relay, two emails with two events of SES each, deadlines and sealing.
# CRLs are counted separately.
BACKGROUND_RUNS = 10

USED_BY_A_REISSUE = {
    "API Gateway, REST request": API_REQUESTS,
    "Lambda, request": API_REQUESTS + BACKGROUND_RUNS,
    # Three password hashes of 0.15 s in 1769 MB, and the rest with 0.05 s in 256 MB.
    "Lambda, GB-second (x86_64)": 3 * 0.15 * 1.769 + (API_REQUESTS + BACKGROUND_RUNS - 3) * 0.05 * 0.256,
    # The figures come from ARCHITECTURE.md's table. An enrollment is under 8 KB, an application or certificate under 2
    # KB, other rows under 1 KB. A transaction counts twice, and an index once more.
    "DynamoDB, read request unit": 3 + 5 * 2 + 2 + 3 + 3 + 2 * 6 + 2 + 3 * 3 + 10,
    "DynamoDB, write request unit": 4 + 6 + 10 + 36 + 2 * 13 + 2 * 1 + 2 + 20 + 8 + 3 * 6 + 10 * 2,
    # Signatures for the revocation statement and the certificate; MACs for the code of each email.
    "KMS, elliptic-curve signature": 2,
    "KMS, MAC": 2,
    "SES, mail (Essentials; 0.10 a thousand in an account with the older plan)": 2,
    # One SES event for each email. Each message needs three requests: three messages to our queues and the two events.
    "SNS, message": 2,
    "SQS, request": 3 * 3 + 2 * 3,
    "CloudFront, HTTPS request": API_REQUESTS + STATIC_REQUESTS,
    "CloudFront, GB": 0.5 / 1024,
    # A final line, a metric line and Lambda's own lines for each run, and API Gateway's line for each request.
    "CloudWatch Logs, GB": ((API_REQUESTS + BACKGROUND_RUNS) * 1.5 + API_REQUESTS * 0.3) / 1024 / 1024,
    # X-Ray's default samples one request a second and 5 % of the others.
    "X-Ray, trace": 0.05 * (API_REQUESTS + BACKGROUND_RUNS),
}

# Keys, secret, the 71 metrics of the alarms, and the 20 metrics that always have data.
USED_IN_A_MONTH = {
    "KMS, key and month": 4,
    "Secrets Manager, secret and month": 1,
    "CloudWatch, alarm's metric and month": 71,
    "CloudWatch, metric and month": 20,
}

SHARDS = 4
SCHEDULED_PUBLICATIONS = 4 * 365
CRL_ENTRY_OCTETS = 49
RECORDS_KB = 20  # stored for one reissue in all tables


def used_by_crls(reissues):
    """Returns the number of publications and their usage. Each revocation publishes the complete CRL and one shard.

    If revocations are faster than a publication, the next publication starts when the last has ended. The CRLs list the
    revocations of a year."""
    megabytes = reissues * CRL_ENTRY_OCTETS / MILLION
    seconds = 1 + megabytes / 25  # read, hash, write and read back
    publications = min(reissues, int(365 * 86_400 / (5 + seconds)))
    scopes = publications * 2 + SCHEDULED_PUBLICATIONS * (1 + SHARDS)
    return publications, {
        "Lambda, request": publications + SCHEDULED_PUBLICATIONS,
        "Lambda, GB-second (x86_64)": (publications + SCHEDULED_PUBLICATIONS) * seconds * 1.769,
        "KMS, elliptic-curve signature": scopes,
        "S3, PUT or LIST": scopes * 3,
        "S3, GET": scopes * 16,
    }


def cost(used):
    return sum(amount * PRICES[name] for name, amount in used.items())


def yearly(reissues):
    publications, crls = used_by_crls(reissues)
    stored = {
        "DynamoDB, GB and month, with point-in-time recovery": 12 * reissues * RECORDS_KB / 1024 / 1024,
        # Each version of a published CRL stays for 30 days, as infra/data.yaml defines.
        "S3, GB and month": 12 * min(publications, publications * 30 / 365) * reissues * CRL_ENTRY_OCTETS / 1024**3,
    }
    # With traffic, about a hundred more metrics have data. Each hour with data is billed.
    busy = min(1.0, reissues * 3 / 8_760)
    fixed = cost({name: 12 * amount for name, amount in USED_IN_A_MONTH.items()})
    fixed += cost({"CloudWatch, metric and month": 12 * 100 * busy})
    by_reissue = reissues * cost(USED_BY_A_REISSUE)
    return {
        "keys, alarms, metrics": fixed,
        "steps, mails, pick-up": by_reissue,
        "CRLs, made": cost(crls),
        "kept: records, versions of CRLs": cost(stored),
    }


def tables():
    columns = [1_000, 100_000, 10_000_000]
    years = [yearly(reissues) for reissues in columns]
    yield "| USD a year | " + " | ".join(f"{reissues:,} reissues" for reissues in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for part in years[0]:
        yield f"| {part} | " + " | ".join(f"{year[part]:,.0f}" for year in years) + " |"
    totals = [sum(year.values()) for year in years]
    yield "| **together** | " + " | ".join(f"**{total:,.0f}**" for total in totals) + " |"
    each = [f"{total / reissues:.4f}" for total, reissues in zip(totals, columns, strict=True)]
    yield "| for each reissue | " + " | ".join(each) + " |"
    yield ""
    yield "| in one reissue | amount | USD a million reissues |"
    yield "|---|---|---|"
    for name, amount in USED_BY_A_REISSUE.items():
        yield f"| {name} | {amount:.4g} | {amount * PRICES[name] * MILLION:,.0f} |"
    yield ""
    ocsp = {
        "API Gateway, REST request": 1,
        "Lambda, request": 1,
        "Lambda, GB-second (x86_64)": 0.05 * 0.256,
        "DynamoDB, read request unit": 3,
        "KMS, elliptic-curve signature": 1,
        "CloudFront, HTTPS request": 1,
        "CloudFront, GB": 2 / 1024 / 1024,
    }
    yield f"A million OCSP answers that no cache has: {MILLION * cost(ocsp):,.0f} USD."


def main():
    printed = "\n".join(tables())
    if "--check" not in sys.argv:
        print(printed)
        return
    written = (Path(__file__).parent / "operate.md").read_text()
    missing = [line for line in printed.splitlines() if line not in written]
    sys.exit("docs/operate.md differs from docs/costs.py:\n" + "\n".join(missing) if missing else 0)


main()
