"""
What CloudWatch takes for embedded metrics: the rules of the format's specification, version 0, one by one.
"""

import json

UNITS = {"Seconds", "Milliseconds", "Microseconds", "Bytes", "Count", "Percent", "None"}
MOST_BYTES = 256 * 1024  # of a log event, in its older and smaller limit


def figures_of(line):
    """
    A line's metrics, as CloudWatch would keep them: by namespace, name and the values of its dimensions.
    """
    event = json.loads(line)
    assert isinstance(event, dict)
    assert len(line.encode()) <= MOST_BYTES
    about = event["_aws"]
    assert set(about) == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(about["Timestamp"], int)
    return {key: value for each in about["CloudWatchMetrics"] for key, value in _metrics(each, event)}


def _metrics(directive, event):
    assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
    namespace = directive["Namespace"]
    assert isinstance(namespace, str)
    assert 1 <= len(namespace) <= 255
    assert not namespace.startswith(("AWS/", ":"))
    assert directive["Dimensions"]
    assert 1 <= len(directive["Metrics"]) <= 100
    for dimensions in directive["Dimensions"]:
        assert len(dimensions) <= 30
        values = tuple(_dimension(name, event) for name in dimensions)
        for metric in directive["Metrics"]:
            yield (namespace, metric["Name"], values), _value(metric, event)


def _dimension(name, event):
    """
    A member of the root, a text: a number or null makes the whole line void.
    """
    assert 1 <= len(name) <= 250
    value = event[name]
    assert isinstance(value, str)
    assert 1 <= len(value) <= 1024
    assert value.isascii()
    return value


def _value(metric, event):
    assert set(metric) <= {"Name", "Unit", "StorageResolution"}
    assert metric["Unit"] in UNITS
    value = event[metric["Name"]]
    assert isinstance(value, int | float)
    assert not isinstance(value, bool)
    return value
