"""Gates as JUnit XML."""

import io
from xml.etree import ElementTree

from rnnsent.evaluation.gates import Gate, GateResult
from rnnsent.output.junit import write_junit
from rnnsent.output.terminal import Output

HOSTILE = "a<b>&\"'\x00\x1b\ud800]]>"


def test_junit() -> None:
    """One test case per gate; characters that XML does not allow are replaced."""
    gate = Gate(HOSTILE, "accuracy", ">=", 0.9)
    stream = io.BytesIO()
    results = {"a.csv (test)": [GateResult(gate, 0.95)], HOSTILE: [GateResult(gate, 0.5), GateResult(gate, None)]}
    write_junit(Output(stream), "rnnsent evaluate", results)
    root = ElementTree.fromstring(stream.getvalue())
    assert root.attrib == {"tests": "3", "failures": "2", "errors": "0"}
    cases = root.findall("testsuite/testcase")
    assert [case.get("classname") for case in cases[:2]] == ["a.csv (test)", "a<b>&\"'\ufffd\ufffd\ufffd]]>"]
    failures = [failure.get("message") for failure in root.iter("failure")]
    assert [text[text.index("(") :] for text in failures if text] == ["(is 0.5)", "(is undefined)"]
