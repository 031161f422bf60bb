"""Starts ministack, the stand-in for AWS, with two things of its CloudFormation mended that ministack 1.5.33 gets wrong in
nested stacks.

1. Transforms are applied to the root template only, so that a nested SAM template has resources that are not known.
2. On an update the attributes of a resource that did not change are forgotten, so that nothing can refer to them.
"""

from ministack.app import main
from ministack.services.cloudformation import _stacks, engine, provisioners

parse_template = engine._parse_template
update_resource = provisioners._update_resource


def parse_and_transform(body):
    return engine._apply_transforms(parse_template(body))


def update_with_attributes(kind, physical_id, old, new, stack_name, logical_id=None, old_attributes=None):
    if old_attributes is None:
        record = _stacks.get(stack_name, {}).get("_resources", {}).get(logical_id, {})
        old_attributes = record.get("Attributes")
    return update_resource(kind, physical_id, old, new, stack_name, logical_id, old_attributes)


# Nested stacks take these from their modules when they are deployed; root stacks have taken the originals.
engine._parse_template = parse_and_transform
provisioners._update_resource = update_with_attributes

if __name__ == "__main__":
    main()
