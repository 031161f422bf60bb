"""Starts ministack, the stand-in for AWS, with one thing mended: CloudFormation applies a nested template's transforms.

ministack 1.5.33 applies them to the root template only, so that a nested SAM template has resources that it does not know.
"""

from ministack.app import main
from ministack.services.cloudformation import engine

parse = engine._parse_template


def parse_and_transform(body):
    return engine._apply_transforms(parse(body))


engine._parse_template = parse_and_transform

if __name__ == "__main__":
    main()
