"""Gates as a JUnit XML report, which continuous integration services display. One test case per gate."""

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from rnnsent.evaluation.gates import GateResult
from rnnsent.output.terminal import Output

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(output: Output, suite: str, results: Mapping[str, Sequence[GateResult]]) -> None:
    """Write the results of gates by what they were checked on, for example the name of a data set and its split."""
    everything = [result for group in results.values() for result in group]
    n_failed = sum(not result.passed for result in everything)
    counts = {"tests": str(len(everything)), "failures": str(n_failed), "errors": "0"}
    root = ElementTree.Element("testsuites", counts)
    element = ElementTree.SubElement(root, "testsuite", {"name": _clean(suite), **counts})
    for name, group in results.items():
        for result in group:
            attributes = {"classname": _clean(name), "name": _clean(result.gate.text)}
            case = ElementTree.SubElement(element, "testcase", attributes)
            if not result.passed:
                ElementTree.SubElement(case, "failure", {"message": _clean(result.describe())})
    ElementTree.indent(root)
    output.write('<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n")


def _clean(text: str) -> str:
    """Text without the characters that XML does not allow."""
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
