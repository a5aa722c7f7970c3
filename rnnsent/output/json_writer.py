"""JSON: one array with an object per record, the same as in JSON Lines, each on a line of its own."""

from rnnsent.output.columns import Record
from rnnsent.output.jsonl_writer import JsonlWriter


class JsonWriter(JsonlWriter):
    _before = "[\n"  # what separates a record from what precedes it

    def write_record(self, record: Record) -> None:
        self.add(self._before + self.format_record(record))
        self._before = ",\n"

    def write_footer(self) -> None:
        self.add("[]\n" if self._before == "[\n" else "\n]\n")
