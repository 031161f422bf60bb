"""Supplies values that the contract does not define: valid credentials, sessions at the right step, OCSP requests.

Before the first request, the subscribers in ACCOUNTS pass the identity check and complete the wizard. Each operation
then receives at least one valid request. All other requests are generated.
"""

import base64
import json
import os
import re
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import requests
import schemathesis
from hypothesis import strategies as st

BASE_URL = os.environ["BASE_URL"].rstrip("/")
HEADERS = {"Host": os.environ["API_HOST"]} if os.environ.get("API_HOST") else {}
# The headers that every change requires, even without a body.
OF_THE_SITE = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
# The path of a file with the same format as the response to GET /local/demo. Of the first three subscribers in this
# file, the second has two reissuable certificates, and the others have at least one.
ACCOUNTS = os.environ.get("ACCOUNTS")
# The time limit for an email to reach the local outbox.
MAIL_TIMEOUT_SECONDS = 30

SESSION_COOKIE = "__Host-session"
# An OCSP request for serial number 1 of an issuer whose name hash and key hash are zero (RFC 6960 §4.1.1).
OCSP_REQUEST = "MEIwQDA+MDwwOjAJBgUrDgMCGgUABBQAAAAAAAAAAAAAAAAAAAAAAAAAAAQUAAAAAAAAAAAAAAAAAAAAAAAAAAACAQE="
OCSP_MEDIA_TYPE = "application/ocsp-request"
MAILED_CODE_NEEDED = ["checkPickUp", "pickUpCertificate", "checkStopCode", "stopApplication"]
CERTIFICATE_CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}\b")


class Subscriber:
    """A subscriber with one session."""

    def __init__(self, account, coupon_number):
        self.account = account
        self.coupon_number = coupon_number
        names = ("emailAddress", "applicationPassword", "certificateCode")
        self.credentials = {name: account[name] for name in names}
        self.session = self.call("POST", "/api/session", self.credentials).cookies[SESSION_COOKIE]

    def call(self, method, path, body=None, headers=None):
        cookies = {"Cookie": f"{SESSION_COOKIE}={self.session}"} if hasattr(self, "session") else {}
        answer = requests.request(
            method, BASE_URL + path, json=body, headers=HEADERS | OF_THE_SITE | cookies | (headers or {}), timeout=30
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def select(self):
        self.call("POST", f"/api/certificates/{self.coupon_number}/selection", {"acknowledged": True})
        return self

    def application(self):
        """Returns the application of step 4 as the body of a request that saves it."""
        page = self.call("GET", "/api/application").json()
        return {name: page[name] for name in ("couponNumber", "version", "fixed", "fields")}

    def confirm(self, email_address=None):
        self.select()
        application = self.application()
        if email_address:
            application["fields"]["emailAddress"] = email_address
        self.call("PUT", "/api/application", application)
        return self

    def submission(self):
        version = self.application()["version"]
        password = {"applicationPassword": self.account["applicationPassword"]}
        return {"couponNumber": self.coupon_number, "version": version, "language": "en"} | password

    def submit(self):
        answer = self.call("POST", "/api/application/submission", self.submission(), idempotency_key())
        self.receipt_number = answer.json()["receiptNumber"]
        return self


class Stage:
    """The subscribers whose sessions the requests use, with one session for each step."""

    def __init__(self):
        one, two, three = read_accounts()[:3]
        chosen, submitted = two["couponNumbers"]
        # This subscriber's list of certificates also contains a receipt number. schemathesis requests the resources to
        # which responses refer.
        self.choosing = Subscriber(two, chosen)
        self.leaving = Subscriber(two, chosen)
        self.entering = Subscriber(three, three["couponNumbers"][0]).confirm()
        self.submitting = Subscriber(one, one["couponNumbers"][0]).confirm()
        self.submitted = Subscriber(two, submitted).confirm().submit()
        self.stop_code = None

    def subscriber(self, operation_id):
        stages = {
            "showApplication": self.entering,
            "saveApplication": self.entering,
            "reviewApplication": self.entering,
            "submitApplication": self.submitting,
            "showReceipt": self.submitted,
            "resendCode": self.submitted,
            "correctAddress": self.submitted,
            "endSession": self.leaving,
        }
        return stages.get(operation_id, self.choosing)

    def example(self, operation_id):
        """Returns the content of a valid request without its session, or None if no valid request is known."""
        coupon = {"path_parameters": {"couponNumber": self.choosing.coupon_number}}
        receipt = {"path_parameters": {"receiptNumber": self.submitted.receipt_number}}
        made = {
            "authenticateSubscriber": lambda: {"body": self.choosing.credentials},
            "showCertificate": lambda: coupon,
            "selectCertificate": lambda: coupon | {"body": {"acknowledged": True}},
            "saveApplication": lambda: {"body": self.entering.application()},
            "submitApplication": lambda: {"body": self.submitting.submission(), "headers": idempotency_key()},
            "showReceipt": lambda: receipt,
            "resendCode": lambda: receipt,
            "correctAddress": lambda: receipt
            | {
                "body": {
                    "version": 3,
                    "emailAddress": "corrected@example.co.jp",
                    "applicationPassword": "not checked before the session",
                }
            },
            "checkStopCode": lambda: {"body": self.stop()},
            "stopApplication": lambda: {"body": self.stop()},
            "checkPickUp": lambda: {"body": self.pick_up_credentials()},
            "pickUpCertificate": lambda: {
                "body": self.pick_up_credentials() | {"certificationRequest": certification_request()}
            },
            "postOcspRequest": lambda: {"body": base64.b64decode(OCSP_REQUEST), "media_type": OCSP_MEDIA_TYPE},
            "getOcspResponse": lambda: {"path_parameters": {"request": OCSP_REQUEST}},
            "getCrl": lambda: {"path_parameters": {"name": "complete.crl"}},
        }
        if operation_id in MAILED_CODE_NEEDED and ACCOUNTS:
            return None
        return made.get(operation_id, dict)()

    def stop(self):
        """Returns the stop code of an application with a changed email address."""
        if self.stop_code is None:
            account = fresh_account()
            subscriber = Subscriber(account, account["couponNumbers"][0])
            subscriber.confirm(f"changed.{account['emailAddress']}").submit()
            self.stop_code = mailed_code(account["emailAddress"])
        return {"stopCode": self.stop_code}

    def pick_up_credentials(self):
        code = mailed_code(self.submitted.account["emailAddress"])
        return {"certificateCode": code, "applicationPassword": self.submitted.account["applicationPassword"]}


def read_accounts():
    if ACCOUNTS:
        return json.loads(Path(ACCOUNTS).read_text())["accounts"]
    return requests.get(f"{BASE_URL}/local/demo", timeout=30).json()["accounts"]


def fresh_account():
    """Returns a new subscriber with one certificate. Only the local stack creates subscribers."""
    body = {"domain": "stop.example.co.jp", "couponPrefix": "7700"}
    return requests.post(f"{BASE_URL}/local/demo", json=body, headers=HEADERS | OF_THE_SITE, timeout=30).json()["accounts"][0]


def mailed_code(address):
    """Returns the certificate code or the stop code in the latest email. Only the local stack shows emails."""
    end = time.monotonic() + MAIL_TIMEOUT_SECONDS
    while time.monotonic() < end:
        outbox = requests.get(f"{BASE_URL}/local/outbox", headers={"Accept": "application/json"}, timeout=30)
        codes = [CERTIFICATE_CODE.search(mail["text"]) for mail in outbox.json()["messages"] if mail["to"] == address]
        if codes:
            return codes[0].group()
        time.sleep(0.2)
    raise TimeoutError("no mail arrived in the local outbox")


def idempotency_key():
    return {"Idempotency-Key": str(uuid.uuid4())}


def certification_request():
    with tempfile.TemporaryDirectory() as folder:
        command = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        key = ["-subj", "/CN=ignored", "-keyout", f"{folder}/key.pem"]
        return subprocess.run(command + key, check=True, capture_output=True, text=True).stdout


STAGE = None


def stage():
    global STAGE
    STAGE = STAGE or Stage()
    return STAGE


def operation_id(operation):
    return operation.definition.raw["operationId"]


def needs_session(context):
    return context.operation.definition.raw.get("security") != []


@schemathesis.auth(refresh_interval=None).apply_to(needs_session)
class SessionAuth:
    """Adds a session at the required step to each request."""

    def get(self, case, context):
        return stage().subscriber(operation_id(context.operation)).session

    def set(self, case, data, context):
        case.cookies = {**(case.cookies or {}), SESSION_COOKIE: data}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Sends the headers that the site's pages send. Generated bodies keep their own media type."""
    headers = OF_THE_SITE if not case.media_type else {"Sec-Fetch-Site": OF_THE_SITE["Sec-Fetch-Site"]}
    case.headers = headers | dict(case.headers or {})


EXAMPLES = set()


@schemathesis.hook
def before_add_examples(context, examples):
    name = operation_id(context.operation)
    example = stage().example(name)
    if example is None:
        return
    if "body" in example:
        example.setdefault("media_type", "application/json")
    # An identity check would end the session of its cookie, which other examples use.
    cookies = {} if name == "authenticateSubscriber" else {SESSION_COOKIE: stage().subscriber(name).session}
    case = context.operation.Case(cookies=cookies, **example)
    EXAMPLES.add(case.id)
    examples.append(case)


@schemathesis.check
def example_succeeds(ctx, response, case):
    """Checks that the example requests succeed. Otherwise a run would pass even if all requests are refused."""
    if case.id in EXAMPLES:
        # A code has just been sent, so a resend must wait. The session began before the acceptance, so it does not
        # allow an address correction.
        refused = {"resendCode": [409], "correctAddress": [403]}
        expected = refused.get(operation_id(case.operation), [200, 201, 204])
        assert response.status_code in expected, f"{response.status_code} {response.text}"


schemathesis.openapi.media_type(OCSP_MEDIA_TYPE, st.binary(max_size=512))
