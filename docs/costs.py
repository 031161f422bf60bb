"""Computes the yearly costs of a deployment for docs/operate.md#costs from the AWS usage of a reissue and the prices.

`python3 docs/costs.py` prints the tables. With --check, it compares them with the tables in docs/operate.md.
The prices are USD list prices for ap-northeast-1 as of November 2026, without free tiers. Check them before you rely on
them.
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
    "DynamoDB, GB-month, with point-in-time recovery": 0.285 + 0.228,
    "KMS, elliptic-curve signature": 0.15 / 10_000,
    "KMS, MAC": 0.03 / 10_000,
    "SES, email (Essentials plan; 0.10 per thousand in an account with the older plan)": 0.16 / 1_000,
    "SNS, message": 0.50 / MILLION,
    "SQS, request": 0.40 / MILLION,
    "S3, PUT or LIST": 0.0047 / 1_000,
    "S3, GET": 0.00037 / 1_000,
    "S3, GB-month": 0.025,
    "CloudFront, HTTPS request": 0.012 / 10_000,
    "CloudFront, GB": 0.114,
    "CloudWatch Logs, GB": 0.76,
    "X-Ray, trace": 5.00 / MILLION,
    "CloudWatch, metric-month": 0.30,
    "CloudWatch, alarm metric-month": 0.10,
    "KMS, key-month": 1.00,
    "Secrets Manager, secret-month": 0.40,
    "WAF, web ACL-month": 5.00,
    "WAF, rule-month": 1.00,
    "WAF, request": 0.60 / MILLION,
    "CloudFront, function invocation": 0.10 / MILLION,
}

# One reissue makes ten API requests for steps 1 to 6 (including one session extension) and two for the pick-up. A
# reissue also loads 40 pages and scripts.
API_REQUESTS, STATIC_REQUESTS = 12, 40
# The background invocations per reissue are the relay, two emails, their SES events, deadlines, and sealing the audit
# log. CRL publications are counted separately.
BACKGROUND_RUNS = 10

USED_BY_A_REISSUE = {
    "API Gateway, REST request": API_REQUESTS,
    "Lambda, request": API_REQUESTS + BACKGROUND_RUNS,
    # Three invocations hash a password, which takes 0.15 s with 1769 MB of memory. The other invocations take 0.05 s
    # with 256 MB of memory.
    "Lambda, GB-second (x86_64)": 3 * 0.15 * 1.769 + (API_REQUESTS + BACKGROUND_RUNS - 3) * 0.05 * 0.256,
    # The numbers of units come from the table in ARCHITECTURE.md. An enrollment is smaller than 8 KB, an application or
    # certificate is smaller than 2 KB, and other rows are smaller than 1 KB. A transactional write consumes twice as
    # many units, and a write to an indexed row also consumes a unit for the index.
    "DynamoDB, read request unit": 4 + 5 * 2 + 2 + 3 + 3 + 2 * 6 + 2 + 3 * 3 + 10,
    "DynamoDB, write request unit": 6 + 6 + 10 + 36 + 2 * 13 + 2 * 1 + 2 + 20 + 8 + 3 * 6 + 10 * 2,
    # KMS signs the revocation statement and the certificate, and computes one MAC for the code in each email.
    "KMS, elliptic-curve signature": 2,
    "KMS, MAC": 2,
    "SES, email (Essentials plan; 0.10 per thousand in an account with the older plan)": 2,
    # Each email causes one SES event. The two events and the three other queue messages need three SQS requests each.
    "SNS, message": 2,
    "SQS, request": 3 * 3 + 2 * 3,
    "CloudFront, HTTPS request": API_REQUESTS + STATIC_REQUESTS,
    "CloudFront, GB": 0.5 / 1024,
    "CloudFront, function invocation": API_REQUESTS,
    "WAF, request": API_REQUESTS,
    # Each invocation writes a final log line, a metric line and Lambda's own lines. API Gateway logs one line per
    # request.
    "CloudWatch Logs, GB": ((API_REQUESTS + BACKGROUND_RUNS) * 1.5 + API_REQUESTS * 0.3) / 1024 / 1024,
    # By default, X-Ray samples one request per second and 5 % of the remaining requests.
    "X-Ray, trace": 0.05 * (API_REQUESTS + BACKGROUND_RUNS),
}

# A deployment has five keys, two secrets, one web ACL with three rules, 72 alarm metrics, and 20 metrics that always
# receive data points.
USED_IN_A_MONTH = {
    "KMS, key-month": 5,
    "Secrets Manager, secret-month": 2,
    "WAF, web ACL-month": 1,
    "WAF, rule-month": 3,
    "CloudWatch, alarm metric-month": 72,
    "CloudWatch, metric-month": 20,
}

SHARDS = 4
SCHEDULED_PUBLICATIONS = 4 * 365
CRL_ENTRY_OCTETS = 49
RECORDS_KB = 20  # stored per reissue, in all tables


def used_by_crls(reissues):
    """Returns the number of publications in a year and their AWS usage.

    Each revocation publishes the complete CRL and one shard. If revocations arrive faster than CRLs can be published,
    each publication starts when the previous one ends. The CRLs list all revocations of the year."""
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
        "DynamoDB, GB-month, with point-in-time recovery": 12 * reissues * RECORDS_KB / 1024 / 1024,
        # infra/data.yaml retains each version of a published CRL for 30 days.
        "S3, GB-month": 12 * min(publications, publications * 30 / 365) * reissues * CRL_ENTRY_OCTETS / 1024**3,
    }
    # Requests produce data points for about a hundred more metrics. AWS bills each hour in which a metric has data.
    busy = min(1.0, reissues * 3 / 8_760)
    fixed = cost({name: 12 * amount for name, amount in USED_IN_A_MONTH.items()})
    fixed += cost({"CloudWatch, metric-month": 12 * 100 * busy})
    by_reissue = reissues * cost(USED_BY_A_REISSUE)
    return {
        "keys, alarms, metrics": fixed,
        "steps, emails, pick-up": by_reissue,
        "CRL generation": cost(crls),
        "storage of records and CRL versions": cost(stored),
    }


def tables():
    columns = [1_000, 100_000, 10_000_000]
    years = [yearly(reissues) for reissues in columns]
    yield "| USD per year | " + " | ".join(f"{reissues:,} reissues" for reissues in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for part in years[0]:
        yield f"| {part} | " + " | ".join(f"{year[part]:,.0f}" for year in years) + " |"
    totals = [sum(year.values()) for year in years]
    yield "| **total** | " + " | ".join(f"**{total:,.0f}**" for total in totals) + " |"
    each = [f"{total / reissues:.4f}" for total, reissues in zip(totals, columns, strict=True)]
    yield "| per reissue | " + " | ".join(each) + " |"
    yield ""
    yield "| usage per reissue | amount | USD per million reissues |"
    yield "|---|---|---|"
    for name, amount in USED_BY_A_REISSUE.items():
        yield f"| {name} | {amount:.4g} | {amount * PRICES[name] * MILLION:,.0f} |"
    yield ""
    ocsp = {
        "API Gateway, REST request": 1,
        "Lambda, request": 1,
        "Lambda, GB-second (x86_64)": 0.05 * 0.256,
        "DynamoDB, read request unit": 4,
        "CloudFront, HTTPS request": 1,
        "CloudFront, GB": 2 / 1024 / 1024,
        "CloudFront, function invocation": 1,
        "WAF, request": 1,
    }
    signature = {"DynamoDB, write request unit": 1, "KMS, elliptic-curve signature": 1}
    yield f"A million OCSP requests that no cache can answer cost {MILLION * cost(ocsp):,.0f} USD."
    yield f"A million new signatures of OCSP responses cost {MILLION * cost(signature):,.0f} USD."


def main():
    printed = "\n".join(tables())
    if "--check" not in sys.argv:
        print(printed)
        return
    written = (Path(__file__).parent / "operate.md").read_text()
    missing = [line for line in printed.splitlines() if line not in written]
    sys.exit("docs/operate.md differs from docs/costs.py:\n" + "\n".join(missing) if missing else 0)


main()
