"""Compares infra/monitoring.yaml with the functions' metrics, and its alarms with the runbooks.

An alarm on a metric that no function emits would never fire. Each metric in the template must therefore have the name
and the dimensions of a metric that a function emits. Each emitted metric must have an alarm or be on the dashboard.
Each alarm must refer to an existing section of docs/operate.md.
"""

import json
import re
import sys
from pathlib import Path

import yaml

# The source file that defines the functions' metrics and their dimensions.
SOURCE = "shared/telemetry/src/metrics.rs"
DEFINITION = re.compile(r'Metric::new\("(\w+)", Unit::\w+, \[([^\]]*)\]\)')
NAMESPACE = "${MetricsNamespace}"
# The metrics that the dashboard alone does not cover.
ALARMED = {"UnreadableItems"}
QUERY = re.compile(r'SELECT \w+\((?P<name>\w+)\) FROM SCHEMA\("(?P<namespace>[^"]+)"(?:, (?P<dimensions>[\w, ]+))?\)')
SEARCH = re.compile(r"""SEARCH\('\{"(?P<namespace>[^"]+)"(?:,(?P<dimensions>[^}]+))?\} MetricName="(?P<name>\w+)"'""")


def main():
    repository = Path(__file__).parents[2]
    template = yaml.load((repository / "infra/monitoring.yaml").read_text(), Loader=Cloudformation)
    runbook = {anchor(title) for title in headings((repository / "docs/operate.md").read_text())}
    resources = template["Resources"]
    alarms = {id: made["Properties"] for id, made in resources.items() if made["Type"] == "AWS::CloudWatch::Alarm"}
    named = [(id, metric) for id, alarm in alarms.items() for metric in metrics_of_alarm(alarm)]
    named += [("Dashboard", metric) for metric in metrics_of_dashboard(resources["Dashboard"]["Properties"])]
    emitted = dict(emitted_metrics((repository / SOURCE).read_text()))

    faults = [fault for where, metric in named if (fault := fault_of(emitted, where, *metric))]
    shown = {name for _, (name, _) in named}
    faults += [f"{name} is emitted, but neither watched nor shown" for name in emitted if name not in shown]
    alarmed = {name for where, (name, _) in named if where != "Dashboard"}
    faults += [f"no alarm covers {name}" for name in ALARMED - alarmed]
    for id, alarm in alarms.items():
        section = re.search(r"docs/operate\.md#([\w-]+)$", alarm["AlarmDescription"])
        if not section or section[1] not in runbook:
            faults.append(f"{id} names no section of docs/operate.md: {alarm['AlarmDescription']}")
    if not alarms or not named or not emitted:
        faults.append("nothing was found to check")
    sys.exit("\n".join(faults) if faults else 0)


def emitted_metrics(source):
    for name, dimensions in DEFINITION.findall(source):
        yield name, set(re.findall(r'"(\w+)"', dimensions))


def fault_of(emitted, where, name, dimensions):
    if name not in emitted:
        return f"{where}: no function emits {name}"
    if dimensions != emitted[name]:
        return f"{where}: {name} has the dimensions {sorted(emitted[name])}, not {sorted(dimensions)}"
    return None


def metrics_of_alarm(alarm):
    """Yields the name and the dimensions of each function metric that the alarm uses."""
    stats = [entry["MetricStat"]["Metric"] for entry in alarm.get("Metrics", []) if "MetricStat" in entry]
    for metric in [alarm, *stats]:
        if metric.get("Namespace") == NAMESPACE:
            yield metric["MetricName"], {dimension["Name"] for dimension in metric.get("Dimensions", [])}
    for entry in alarm.get("Metrics", []):
        yield from from_expression(QUERY, entry.get("Expression", ""))


def metrics_of_dashboard(dashboard):
    for widget in json.loads(dashboard["DashboardBody"])["widgets"]:
        before = []
        for metric in widget["properties"]["metrics"]:
            if isinstance(metric[0], dict):
                yield from from_expression(SEARCH, metric[0]["expression"])
                continue
            words = [word for word in metric if isinstance(word, str)]
            if words[0] == "...":  # repeats the previous metric except for the last words
                words = before[: 1 - len(words)] + words[1:]
            before = words
            namespace, name, *pairs = words
            if namespace == NAMESPACE:
                yield name, set(pairs[::2])


def from_expression(pattern, expression):
    found = pattern.search(expression)
    if found and found["namespace"] == NAMESPACE:
        yield found["name"], {dimension.strip() for dimension in (found["dimensions"] or "").split(",") if dimension}
    elif NAMESPACE in expression:
        yield f"an expression that cannot be read ({expression})", set()


def headings(text):
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def anchor(title):
    """Returns the anchor of a heading, as GitHub generates it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


class Cloudformation(yaml.SafeLoader):
    """Reads short forms of intrinsic functions. `!Ref X` becomes `${X}`, and other functions become their argument."""


def intrinsic(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return f"${{{node.value}}}" if suffix == "Ref" else node.value
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else loader.construct_mapping(node)


Cloudformation.add_multi_constructor("!", intrinsic)

if __name__ == "__main__":
    main()
