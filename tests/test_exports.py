"""What programs and services export is read with the right columns and rows, without any option.

Zendesk, App Store Connect, Google Play (CSV in UTF-16), Trustpilot, LibreOffice, pandas, R, MySQL, SurveyMonkey.
"""

from pathlib import Path

import pytest

from rnnsent.data.columns import find_label_column, find_text_columns
from tests.support.read_tables import open_content

SENTENCE = "it broke, and the lamp was never bright; I would not buy one like this again"
EXPORTS = {
    "zendesk": (
        "Ticket ID,Created at,Satisfaction rating,Satisfaction comment\n", '{i},2024-05-{s:02d} 10:00:00,{label},"{text}"\n',
        "Satisfaction comment", "Satisfaction rating",
    ),
    "app store": (
        "Date,App Name,Country,Rating,Title,Review,Author\n", '2024-05-{s:02d},MyApp,US,{s},Nice {i},"{text}",u{i}\n', "Review", "Rating"
    ),
    "google play": (
        "Package Name,App Version Code,Review Submit Date and Time,Star Rating,Review Title,Review Text,Developer Reply Text\n",
        'com.x,1,2024-05-{s:02d}T10:00:00Z,{s},,"{text}",\n', "Review Text", "Star Rating",
    ),
    "trustpilot": (
        "Review Created (UTC),Review Title,Review Content,Review Stars\n", '2024-05-{s:02d} 10:00:00,Nice {i},"{text}",{s}\n',
        "Review Content", "Review Stars",
    ),
    "libreoffice": ("Text;Label\n", '"{text}";{label}\n', "Text", "Label"),
    "pandas": (",text,label\n", '{i},"{text}",{label}\n', "text", "label"),
    "r": ('"text","label"\n', '"{i}","{text}","{label}"\n', "text", "label"),
    "mysql": ('"id","text","label"\n', '{i},"{text} \\"so\\"","{label}"\n', "text", "label"),
    "surveymonkey": (
        "Respondent ID,Start Date,How would you rate us?,Please tell us why\n,,Response,Open-Ended Response\n",
        '1000{i},05/0{s}/2024 03:10:00 PM,{label},"{text}"\n', "Please tell us why", "How would you rate us?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_export(tmp_path: Path, name: str) -> None:
    header, row, text, label = EXPORTS[name]
    words = SENTENCE.split()
    texts = [" ".join([*words[i % 9 : i % 9 + 4 + i % 5], f"after {i} days"]) for i in range(40)]
    content = header + "".join(
        row.format(i=i, s=i % 5 + 1, text=texts[i], label=("bad", "good")[i % 2]) for i in range(40)
    )
    table = open_content(tmp_path, content.encode("utf-16" if name == "google play" else "utf-8"))
    rows = list(table.readable_rows())
    assert find_label_column(table.columns, None, "data", sample=rows) == label
    assert find_text_columns(table.columns, (), "data", sample=rows, exclude=[label]) == (text,)
    assert [row[text].removesuffix(' "so"') for row in rows] == texts
