"""What do the tests of people share? Sources, ID numbers that nobody has, and files of them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from campus.settings import PeopleSource

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
HR = {
    "id": "hr",
    "file": "hr.csv",
    "person_type": "staff",
    "columns": {"person_id": "工号", "name": "姓名", "department": "部门", "status": "状态", "id_number": "证件号"},
    "active": ["在职"],
    "left": ["离职"],
    "groups": ["/教职工/{department}"],
    "fault_ratio": 0.2,
    "empty_ratio": 0.5,
}


@pytest.fixture
def source(tmp_path: Path):
    """Give ``source(**changes)``: the staff of a college; a column of ``None`` is not read."""

    def make(columns: dict[str, str | None] | None = None, **changes: object) -> PeopleSource:
        return PeopleSource.model_validate(
            HR | {"file": tmp_path / "hr.csv"} | changes | {"columns": HR["columns"] | (columns or {})}
        )

    return make


def well_formed(n: int) -> str:
    """Give an ID number that nobody has: the division code 000000 is not given out."""
    digits = f"00000019000101{n:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


@pytest.fixture
def id_number():
    """Give ``id_number(n)``: a well-formed ID number that nobody has."""
    return well_formed


@pytest.fixture
def people() -> list[str]:
    """Ten rows of a good file."""
    return [f"T{n:03},某人{n},0{n % 3}01,在职,{well_formed(n)}" for n in range(10)]
