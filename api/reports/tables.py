"""How is a report written as CSV and as JSON?"""

import csv
import io
import json

from api.reports.content import Report, guarded

BOM = "\ufeff"  # without it Excel reads UTF-8 as the local code page, and Chinese as nonsense


def as_csv(report: Report) -> bytes:
    """One row for each number, with its accounting rule, rules version, completeness and revision; RFC 4180."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([guarded(column.title) for column in report.values.columns])
    for row in report.values.rows:
        writer.writerow([guarded(cell) for cell in row.cells])
    return (BOM + text.getvalue()).encode()


def as_json(report: Report) -> bytes:
    """The records as every door tells them, with what must be known beside them."""
    document = {
        "title": report.title,
        "subtitle": report.subtitle,
        "about": dict(report.about),
        "rules": report.rules,
        "items": [one.model_dump(mode="json") for one in report.records],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
