"""Tests the whole life cycle of a deployment, from an empty account to a deleted stack, on an AWS emulator.

run.sh builds the functions, starts the emulator, which enforces IAM policies, and sets AWS_ENDPOINT_URL to its URL.
This script tests the behaviour that is documented for operators. The journeys in tests/it test the behaviour for
subscribers and relying parties.
"""

import http.client
import json
import mimetypes
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import boto3

ENVIRONMENT = "local"
STACK = "cert-reissue-local"
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
SCRATCH = Path(os.environ["SCRATCH"])
OPERATOR = Path("target/debug/cert-reissue-operator")
PATIENCE_SECONDS = 90
# The journeys spend most of their time waiting for functions, so several journeys run in parallel.
IN_PARALLEL = ["--test-threads", "4"]


def main():
    step("sam deploy", deploy)
    outputs = stack_outputs()
    settings = dict(line.split("=", 1) for line in outputs["OperatorSettings"].split())
    step("before there is a CA", lambda: nothing_works_without_ca(outputs))
    step("the operator makes the CA", lambda: make_ca(outputs, settings))
    description = describe(outputs, settings)
    step("one origin for site, API and CRLs", lambda: one_origin(outputs))
    step("no request without an edge secret", lambda: direct_requests(description))
    step("journeys over the REST API", lambda: journeys("journeys::", description))
    step("the check has no findings", lambda: operator(settings, "check"))
    step("no function needs half of its memory", memory)
    step("without kms:Sign, exactly submission fails", lambda: without_signing(description))
    step("a poison message becomes a dead letter", poison_message)
    step("what is watched", watched)
    step("sam deploy, an update", lambda: update(description))
    step("the end of the stack", lambda: delete(outputs, settings))


def step(name, work):
    print(f"   {name} ", end="", flush=True)
    started = time.monotonic()
    work()
    print(f"({time.monotonic() - started:.0f} s)", flush=True)


def client(service):
    return boto3.client(service, endpoint_url=ENDPOINT)


def run(*command, **environment):
    done = subprocess.run(command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"\n{done.stdout}\n{' '.join(map(str, command))}: exit code {done.returncode}")
    return done.stdout


def until(what, condition):
    """Waits until `condition` returns a truthy value, and returns that value."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    sys.exit(f"\nnot within {PATIENCE_SECONDS} s: {what}")


def deploy(*overrides):
    run("sam", "deploy", "--config-env", ENVIRONMENT, *overrides)


def stack_outputs():
    stack = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def invoke(function):
    answer = client("lambda").invoke(FunctionName=f"{STACK}-{function}", Payload=b'{"source":"aws.events"}')
    return answer.get("FunctionError"), answer["Payload"].read().decode()


def nothing_works_without_ca(outputs):
    """Checks that no CRL is published before a CA certificate is registered."""
    error, _ = invoke("publish-crl")
    assert error, "publish-crl ran without a CA"
    assert published(outputs) == set()


def published(outputs):
    listed = client("s3").list_objects_v2(Bucket=outputs["PublicBucket"])
    return {entry["Key"] for entry in listed.get("Contents", [])}


def operator(settings, *arguments):
    return run(OPERATOR, *arguments, **settings)


def make_ca(outputs, settings):
    folder = str(SCRATCH / "ca")
    name = ["--country", "JP", "--organization", "Sample Trading K.K.", "--common-name", "Deployed Test CA", "--days", "3650"]
    operator(settings, "ca", "create-root", *name, "--output", folder)
    assert published(outputs) == {"ca.cer"}
    for function in ["renew-ocsp-responder", "publish-crl"]:
        error, answer = invoke(function)
        assert not error, answer
    shards = {f"crl/shard-{number}.crl" for number in range(int(settings["CRL_SHARDS"]))}
    assert published(outputs) == {"ca.cer", "crl/complete.crl"} | shards, published(outputs)
    operator(settings, "check", "--record-keys")


def one_origin(outputs):
    """Publishes the site as docs/operate.md describes. The emulator identifies the distribution by the Host header."""
    s3 = client("s3")
    for file in filter(Path.is_file, Path("web").rglob("*")):
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        key = str(file.relative_to("web"))
        content = outputs["PageSettings"].encode() if key == "js/deployment.js" else file.read_bytes()
        s3.put_object(Bucket=outputs["SiteBucket"], Key=key, Body=content, ContentType=media_type)
    # Only the objects for relying parties are available over plain HTTP (RFC 5280 §8).
    status, location = fetch(outputs, "/")
    assert status == 301 and location.startswith("https://"), (status, location)
    assert fetch(outputs, "/api/certificates")[0] == 403
    assert fetch(outputs, "/crl/complete.crl")[0] == 200
    assert fetch(outputs, "/ca.cer")[0] == 200


def fetch(outputs, path):
    connection = http.client.HTTPConnection(ENDPOINT.removeprefix("http://"), timeout=30)
    connection.request("GET", path, headers={"Host": outputs["DistributionDomain"]})
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.headers["Location"]


def describe(outputs, settings):
    """Writes the stack description that tests/it/support/deployed.rs reads."""
    port = ENDPOINT.rsplit(":", 1)[1]
    description = {
        "apiUrl": f"{ENDPOINT}/live",
        "apiHost": f"{outputs['ApiId']}.execute-api.localhost:{port}",
        "edgeSecret": secret(variables_of("answer-ocsp"), 0),
        "publicBucket": outputs["PublicBucket"],
        "operator": str(OPERATOR.resolve()),
        "settings": variables_of("send-certificate-code") | settings,
    }
    path = SCRATCH / "deployed.json"
    path.write_text(json.dumps(description, indent=1, ensure_ascii=False))
    return path


def variables_of(function):
    return client("lambda").get_function_configuration(FunctionName=f"{STACK}-{function}")["Environment"]["Variables"]


def secret(variables, index):
    return variables["EDGE_SECRETS"].split(",")[index]


def status(description, path, headers):
    described = json.loads(description.read_text())
    connection = http.client.HTTPConnection(ENDPOINT.removeprefix("http://"), timeout=30)
    connection.request("GET", f"/live{path}", headers={"Host": described["apiHost"]} | headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def direct_requests(description):
    """Checks that each function refuses requests that did not come through CloudFront, and accepts both secrets."""
    functions = [name.name for name in Path("functions").iterdir() if "serve_requests" in (name / "src/main.rs").read_text()]
    accepted = {variables_of(function)["EDGE_SECRETS"] for function in functions}
    assert len(functions) == 10 and len(accepted) == 1, (functions, accepted)
    first, second = accepted.pop().split(",")
    assert first != second
    for path in ["/api/certificates", "/api/application", "/ocsp/MEIwQA"]:
        assert status(description, path, {}) == 403, path
        assert status(description, path, {"x-edge-secret": "guess"}) == 403, path
        for value in [first, second]:
            assert status(description, path, {"x-edge-secret": value}) != 403, path


def journeys(names, description):
    tested = run("cargo", "test", "--locked", "--quiet", "--workspace", "--test", "it", "--", names, *IN_PARALLEL, DEPLOYED_STACK=str(description), RUST_BACKTRACE="0")
    assert re.search(r"\b[1-9][0-9]* passed", tested), tested


def memory():
    """Checks the peak memory of each running function, as Linux reports it for the process."""
    sizes = {f["FunctionName"]: f["MemorySize"] for f in client("lambda").list_functions()["Functions"]}
    peaks = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_text(errors="replace").split("\0")
            status = (process / "status").read_text()
        except OSError:
            continue
        names = [v.partition("=")[2] for v in environment if v.startswith("AWS_LAMBDA_FUNCTION_NAME=")]
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        if names and peak and names[0] in sizes:
            peaks[names[0]] = max(int(peak[1]) / 1024, peaks.get(names[0], 0))
    assert peaks, "no function runs"
    (SCRATCH / "memory.json").write_text(json.dumps(peaks, indent=1))
    for name, peak in sorted(peaks.items()):
        print(f"\n      {name.removeprefix(STACK + '-'):26} {peak:4.0f} of {sizes[name]} MiB", end="")
        assert peak < sizes[name] / 2, f"{name} needs {peak} MiB of {sizes[name]}"
    print("\n   ", end="")


def without_signing(description):
    """Tests submissions while submit-application has no permission to sign, and again with the permission."""
    iam = client("iam")
    role = client("lambda").get_function(FunctionName=f"{STACK}-submit-application")["Configuration"]["Role"].rsplit("/", 1)[1]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    for statement in document["Statement"]:
        actions = statement["Action"]
        if isinstance(actions, list) and "kms:Sign" in actions:
            statement["Action"] = [action for action in actions if action != "kms:Sign"]
            break
    else:
        sys.exit("submit-application has no right to sign that could be taken")
    before = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
    journeys("outages::a_submission_is_atomic_while_statements_cannot_be_signed", description)
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(before))
    journeys("journeys::wizard::", description)


def poison_message():
    sqs = client("sqs")
    resources = client("cloudformation").list_stack_resources
    effects = next(
        resource["PhysicalResourceId"]
        for resource in resources(StackName=STACK)["StackResourceSummaries"]
        if resource["LogicalResourceId"] == "Effects"
    )
    queues = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in resources(StackName=effects)["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::SQS::Queue"
    }
    # With the deployed visibility timeout, five attempts would take 15 minutes.
    sqs.set_queue_attributes(QueueUrl=queues["MailQueue"], Attributes={"VisibilityTimeout": "1"})
    sqs.send_message(QueueUrl=queues["MailQueue"], MessageBody="poison")

    def dead_letter():
        return sqs.receive_message(QueueUrl=queues["MailDeadLetters"]).get("Messages")

    [letter] = until("the poison message in the dead-letter queue", dead_letter)
    assert letter["Body"] == "poison", letter


def watched():
    error, answer = invoke("watch-service")
    assert not error, answer
    alarms = client("cloudwatch").describe_alarms(AlarmNamePrefix=STACK)["MetricAlarms"]
    assert alarms, "no alarm"


def update(description):
    """Changes a setting, and rotates the edge secret that CloudFront does not send."""
    before = variables_of("answer-ocsp")
    secrets = client("secretsmanager")
    names = {entry["ARN"]: secrets.get_secret_value(SecretId=entry["ARN"])["SecretString"] for entry in secrets.list_secrets()["SecretList"]}
    [unused] = [arn for arn, value in names.items() if value == secret(before, 1)]
    secrets.put_secret_value(SecretId=unused, SecretString="N" * 48)
    deploy("--parameter-overrides", "DomainName=reissue.example.test MailFrom=no-reply@example.test MetricMath=false RequireTls=false RateLimits=false AddressChangeHold=0 CodeLifetimeHours=12 EdgeSecretsRevision=2")
    assert variables_of("send-certificate-code")["CODE_LIFETIME_HOURS"] == "12"
    assert status(description, "/api/certificates", {"x-edge-secret": secret(before, 1)}) == 403
    for value in [secret(before, 0), "N" * 48]:
        assert status(description, "/api/certificates", {"x-edge-secret": value}) == 401
    journeys("journeys::ocsp::", description)


def delete(outputs, settings):
    """Deletes the stack and checks that the tables, the CRLs and the CA key still exist."""
    site = boto3.resource("s3", endpoint_url=ENDPOINT).Bucket(outputs["SiteBucket"])
    site.object_versions.delete()
    # `sam delete` cannot be used, because it accepts only AWS S3 URLs for nested templates.
    client("cloudformation").delete_stack(StackName=STACK)
    client("cloudformation").get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    functions = client("lambda").list_functions()["Functions"]
    assert not [f for f in functions if f["FunctionName"].startswith(STACK)], functions
    tables = client("dynamodb").list_tables()["TableNames"]
    assert {f"{STACK}-{name}" for name in ("registry", "revocations", "outbox")} <= set(tables), tables
    assert "crl/complete.crl" in published(outputs)
    assert client("kms").describe_key(KeyId=settings["CA_KEY_ID"])["KeyMetadata"]["KeyState"] == "Enabled"


main()
