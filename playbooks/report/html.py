"""How does the report look on paper? The evidence set in one HTML file for A4, without scripts or outside parts."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from playbooks.report.evidence import EvidenceSet
from playbooks.report.texts import Language, texts

TEMPLATE = Path(__file__).with_name("report.html")


def render(evidence: EvidenceSet, language: Language) -> str:
    """Print an evidence set; whatever a device said is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment.get_template(TEMPLATE.name).render(e=evidence, t=texts(language), lang=language)


def percent(ratio: float | None) -> str:
    """A ratio as people read it; none is a dash."""
    return "—" if ratio is None else f"{ratio * 100:.2f} %"
