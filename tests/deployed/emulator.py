"""Starts ministack, the AWS emulator, with fixes for six bugs in ministack 1.5.33:

1. Transforms are applied only to the root template, so SAM resources in nested templates are unknown.
2. An update of a nested stack loses the attributes of resources that did not change.
3. The permission to send an email with SESv2 is required for every resource instead of the sender's identity.
4. The escaped slash in a binary media type, which API Gateway and SAM require, is interpreted literally.
5. The references to secrets in nested templates are not resolved.
6. The property ExcludePunctuation of a generated secret is ignored.
"""

import json
import string

from ministack.app import main
from ministack.core import iam_actions
from ministack.services import apigateway_v1
from ministack.services.cloudformation import _stacks, engine, provisioners

parse_template = engine._parse_template
provision_resource = provisioners._provision_resource
update_resource = provisioners._update_resource
secret_string = provisioners._sm_secret_string
ses_resource = iam_actions._ses_v2_resource_arn
media_type_matches = apigateway_v1._media_type_matches


def parse_and_transform(body):
    return engine._apply_transforms(parse_template(body))


def with_secrets(properties):
    resolved, _ = engine._resolve_dynamic_references(properties)
    return resolved


def provision_with_secrets(kind, logical_id, properties, stack_name):
    return provision_resource(kind, logical_id, with_secrets(properties), stack_name)


def update_with_attributes(kind, physical_id, old, new, stack_name, logical_id=None, old_attributes=None):
    if old_attributes is None:
        record = _stacks.get(stack_name, {}).get("_resources", {}).get(logical_id, {})
        old_attributes = record.get("Attributes")
    return update_resource(kind, physical_id, old, with_secrets(new), stack_name, logical_id, old_attributes)


def secret_without_punctuation(properties):
    form = properties.get("GenerateSecretString") or {}
    if form.get("ExcludePunctuation"):
        properties = properties | {"GenerateSecretString": form | {"ExcludeCharacters": string.punctuation}}
    return secret_string(properties)


def identity_of_sender(method, path, body, region, account_id):
    if path.rstrip("/") == "/v2/email/outbound-emails":
        domain = json.loads(body)["FromEmailAddress"].rsplit("@", 1)[1]
        return f"arn:aws:ses:{region}:{account_id}:identity/{domain}"
    return ses_resource(method, path, body, region, account_id)


def matches_unescaped(media_type, patterns):
    return media_type_matches(media_type, [pattern.replace("~1", "/") for pattern in patterns or []])


# The deployment of a nested stack looks up the first three functions as module attributes. The deployment of a root
# stack uses the original functions.
engine._parse_template = parse_and_transform
provisioners._provision_resource = provision_with_secrets
provisioners._update_resource = update_with_attributes
provisioners._sm_secret_string = secret_without_punctuation
iam_actions._ses_v2_resource_arn = identity_of_sender
apigateway_v1._media_type_matches = matches_unescaped

if __name__ == "__main__":
    main()
