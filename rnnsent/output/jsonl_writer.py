"""JSON Lines: one object per record, with everything known about it."""

from rnnsent.output.columns import Record
from rnnsent.output.delimited import json_text
from rnnsent.output.writer import LineWriter


class JsonlWriter(LineWriter):
    def write_header(self) -> None:
        """JSON Lines have no header; this fixes the names of the prediction's columns."""
        self._names = self._options.added.names(self._layout.columns)

    def write_record(self, record: Record) -> None:
        self.add(self.format_record(record) + "\n")

    def format_record(self, record: Record) -> str:
        return json_text(self._layout.to_dict(record, self._options.added, self._names))
