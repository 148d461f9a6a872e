"""Does a settings file come out as it was meant, and its example with it?"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from campus import settings
from campus.errors import ConfigError
from campus.settings import Budgets, Community, PeopleSource, User, ap_key, instant
from campus.settings.scalars import Duration, duration_text
from campus.settings.schema import Api, Collect, Identity, Indicators, KeycloakAccess, Settings, Store

EXAMPLE = Path(__file__).parents[3] / "campus.example.yaml"

SMALLEST = "campus: {name: Lab}\n"


def load(folder: Path, text: str, **environ: str) -> Settings:
    path = folder / "campus.yaml"
    path.write_text(text, encoding="utf-8")
    return settings.load(path, environ)


def faults(folder: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, **environ)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


# ── the example ──────────────────────────────────────────────────────────────────────────────────────────────


def keys(schema: dict, node: dict, seen: frozenset[str] = frozenset()) -> set[str]:
    """Every key that the JSON Schema lets stand somewhere below ``node``."""
    ref = node.get("$ref")
    if ref in seen:
        return set()
    if ref:
        return keys(schema, schema["$defs"][ref.rsplit("/", 1)[1]], seen | {ref})
    found = set(node.get("properties", {}))
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", []), *node.get("oneOf", [])]
    inner += [node[key] for key in ("items", "additionalProperties") if isinstance(node.get(key), dict)]
    return found.union(*(keys(schema, one, seen) for one in inner))


def test_the_example_names_every_key_of_the_schema():
    schema = dict(settings.schema())
    named = set(re.findall(r"[{\s,-]([a-z_]+):", EXAMPLE.read_text(encoding="utf-8")))
    assert keys(schema, schema) - named == set()
    assert len(keys(schema, schema)) > 50


def test_the_example_shows_the_defaults():
    example = settings.load(EXAMPLE, {})
    assert example.collect.model_copy(update={"anchors": ()}) == Collect()
    assert example.store == Store(path=EXAMPLE.parent / Store().path)
    assert example.api == Api()
    assert example.indicators.model_copy(update={"terms": ()}) == Indicators()
    assert example.identity.keycloak.client_id == KeycloakAccess.model_fields["client_id"].default
    assert example.identity.realm_file == EXAMPLE.parent / Identity().realm_file
    people = example.identity.people
    assert (people.grace, people.adopt, people.budgets) == (timedelta(days=30), False, Budgets())
    unchanged = {"absent", "absent_after", "max_age", "shrink_ratio", "empty_ratio", "fault_ratio"}
    defaults = {name: PeopleSource.model_fields[name].default for name in unchanged}
    assert people.sources[0].model_dump(include=unchanged, mode="python") == {
        name: duration_text(value) if isinstance(value, timedelta) else value for name, value in defaults.items()
    }
    device = example.inventory.devices[0]
    assert (device.port, device.profile, device.engine, device.service) == (161, "auto", "builtin", "in_service")
    assert device.capwap_probe is False


def test_the_example_is_read_as_it_is_explained():
    inventory = settings.load(EXAMPLE, {}).inventory
    assert [area.id for area in inventory.areas] == ["A1", "A2"]
    assert {device.kind for device in inventory.devices} == {"ac", "switch", "host"}
    assert inventory.aps.patterns[0].floor_of("B1-2F-07") == "B1-2F"
    assert inventory.aps.table[2].service == "planned"


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_name_of_the_campus_must_be_given(tmp_path):
    found = load(tmp_path, SMALLEST)
    assert found.campus.name.zh == found.campus.name.en == "Lab"
    assert found.store.path == tmp_path / "var/store"
    assert found.inventory.devices == ()


def test_an_empty_key_is_an_absent_one(tmp_path):
    found = load(tmp_path, SMALLEST + "inventory: {devices: , areas: ~}\nstore:\nindicators:\n")
    assert found.inventory.devices == ()
    assert found.store.raw_days == 14


@pytest.mark.parametrize(("text", "seconds"), [("1s", 1), ("60s", 60), ("5m", 300), ("6h", 21600), ("14d", 1209600)])
def test_a_duration_is_read_and_written_with_its_unit(text, seconds):
    adapter = TypeAdapter(Duration)
    value = adapter.validate_python(text)
    assert value == timedelta(seconds=seconds)
    assert adapter.validate_python(adapter.dump_python(value)) == value


def test_a_day_begins_at_campus_midnight_and_an_instant_keeps_its_offset():
    zone = ZoneInfo("Asia/Shanghai")
    assert instant(date(2026, 9, 1), zone) == datetime(2026, 8, 31, 16, tzinfo=UTC)
    eight = datetime(2026, 9, 1, 8, tzinfo=timezone(timedelta(hours=9)))
    assert instant(eight, zone) == datetime(2026, 8, 31, 23, tzinfo=UTC)
    assert instant(None, zone) is None


@pytest.mark.parametrize("written", ["00:0F:E2:AA:00:01", "00-0f-e2-aa-00-01", "000f-e2aa-0001", "000f.e2aa.0001"])
def test_a_mac_is_one_key_however_it_is_written(written):
    assert ap_key(written) == "00:0f:e2:aa:00:01"


@pytest.mark.parametrize("text", ["219801A0CNC123000001", "000fe2aa0001", "B1-2F-07", "一教-2F-07"])
def test_what_is_no_mac_stays_as_it_is(text):
    assert ap_key(f" {text} ") == text


def test_the_number_three_and_the_text_three_are_the_same_version(tmp_path):
    text = (
        SMALLEST + "credentials: {a: {version: 3, user: u}, b: {version: '3', user: u}, "
        "c: {version: 1, community: '${env:C}'}}\n"
    )
    found = load(tmp_path, text).credentials
    assert found["a"] == found["b"]
    assert isinstance(found["a"], User)
    assert isinstance(found["c"], Community)
    assert found["c"].version == "1"


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────

HR = "{id: hr, file: hr.csv, person_type: staff, columns: {person_id: no, name: name"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (HR + ", status: s}}", "a status column stands without its words"),
        (HR + ", status: s}, active: [x], left: [x]}", "one word means both active and left"),
        (HR + "}, groups: ['staff']}", "'staff' is no path of a group"),
        (HR + "}, groups: ['/staff/{name}']}", "'/staff/{name}' names an unknown field"),
        (HR + "}}, " + HR + "}}", "two sources have one id"),
    ],
)
def test_a_source_of_people_that_cannot_be_meant_is_a_mistake(tmp_path, source, expected):
    (found,) = faults(tmp_path, SMALLEST + f"identity: {{people: {{id_secret: '${{env:S}}', sources: [{source}]}}}}\n")
    assert expected in found


def test_a_file_of_people_lies_beside_the_settings(tmp_path):
    text = SMALLEST + f"identity: {{people: {{id_secret: '${{env:S}}', sources: [{HR}}}}}]}}}}\n"
    people = load(tmp_path, text).identity.people
    assert people.sources[0].file == tmp_path / "hr.csv"
    assert people.budgets_of("hr") == Budgets()


def test_a_term_ends_before_its_day_to(tmp_path):
    text = SMALLEST + "indicators: {terms: [{id: 2026-2027-1, from: 2026-08-31, to: 2027-01-18}]}\n"
    (term,) = load(tmp_path, text).indicators.terms
    assert (term.id, term.start, term.end) == ("2026-2027-1", date(2026, 8, 31), date(2027, 1, 18))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("{id: a, from: 2026-08-31, to: 2027-01-18}, {id: b, from: 2027-01-17, to: 2027-07-01}", "overlap"),
        ("{id: a, from: 2027-02-22, to: 2027-07-01}, {id: b, from: 2026-08-31, to: 2027-01-18}", "not in order"),
        ("{id: a, from: 2026-08-31, to: 2026-08-31}", "first day after the term"),
        ("{id: a, from: 2026-08-31, to: 2027-01-18}, {id: a, from: 2027-02-22, to: 2027-07-01}", "one id"),
    ],
)
def test_terms_that_cannot_be_counted_are_refused(tmp_path, terms, expected):
    (fault,) = faults(tmp_path, SMALLEST + f"indicators: {{terms: [{terms}]}}\n")
    assert expected in fault


# ── the AP table as a file ───────────────────────────────────────────────────────────────────────────────────

FLOORS = (
    SMALLEST + "inventory:\n  areas: [{id: A, name: A, buildings: [{id: B, name: B, floors: [{id: B-1, name: 1F}]}]}]\n"
)


def test_a_table_in_a_csv_file_reads_like_one_in_place(tmp_path):
    (tmp_path / "aps.csv").write_text(
        "\ufeffap,floor,service,since\nS1,B-1,,2026-09-01\n\n00-0f-e2-aa-00-01,,spare,\n", encoding="utf-8"
    )
    rows = "[{ap: S1, floor: B-1, since: 2026-09-01}, {ap: '00:0f:e2:aa:00:01', service: spare}]"
    in_file = load(tmp_path, FLOORS + "  aps: {table: aps.csv}\n")
    in_place = load(tmp_path, FLOORS + f"  aps: {{table: {rows}}}\n")
    assert in_file.inventory.aps.table == in_place.inventory.aps.table


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"ap,floor\nS1,B-1\nS2,B-9\n", "aps.csv:3: no floor is called 'B-9' (did you mean B-1?)"),
        (b"ap,floor\n,B-1\n", "aps.csv:2: inventory.aps.table.0.ap: field required"),
        (b"ap,floor\nS1,B-1,x\n", "aps.csv:2: 3 cells below 2 names"),
        (b"ap,flor\nS1,B-1\n", "aps.csv:1: the head line names ap, flor"),
        (b"floor\nB-1\n", "aps.csv:1: the head line names floor"),
        (b"", "aps.csv:1: the head line names nothing"),
        ("ap,floor\n一教,B-1\n".encode("gb18030"), "aps.csv: is not UTF-8 (save it as CSV UTF-8)"),
        (b'ap,floor\n"S1"x,B-1\n', "aps.csv: is no CSV"),
        (None, "aps.csv: cannot be read: No such file or directory"),
    ],
    ids=[
        "unknown floor",
        "no ap",
        "long row",
        "unknown column",
        "no ap column",
        "empty",
        "gb18030",
        "quotes",
        "absent",
    ],
)
def test_a_mistake_in_the_csv_file_is_told_by_its_own_line(tmp_path, content, expected):
    if content is not None:
        (tmp_path / "aps.csv").write_bytes(content)
    found = faults(tmp_path, FLOORS + "  aps: {table: aps.csv}\n")
    assert len(found) == 1
    assert found[0].startswith(expected)


# ── the environment ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_variable_overrides_one_key(tmp_path):
    text = SMALLEST + "store: {raw_days: 7}\n"
    found = load(
        tmp_path, text, CAMPUS_STORE__PATH="/srv/x", CAMPUS_COLLECT__TIERS__STATE="30s", CAMPUS_COLLECT__DEADLINE="20s"
    )
    assert found.store.path == Path("/srv/x")
    assert found.store.raw_days == 7
    assert found.collect.tiers.state == timedelta(seconds=30)


def test_other_variables_of_the_campus_are_left_alone(tmp_path):
    assert load(tmp_path, SMALLEST, CAMPUS_REAL="required", CAMPUS_WLAN_COMMUNITY="x") == load(tmp_path, SMALLEST)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("CAMPUS_STORE__RAW_DAYS", "many", "CAMPUS_STORE__RAW_DAYS: store.raw_days: input should be a valid integer"),
        ("CAMPUS_STORE__PAHT", "x", "CAMPUS_STORE__PAHT: store.paht: extra inputs are not permitted"),
        ("CAMPUS_INVENTORY__AREAS__0__ID", "x", "CAMPUS_INVENTORY__AREAS__0__ID: it reaches into something"),
        (
            "CAMPUS_CREDENTIALS__W__COMMUNITY",
            "hush",
            "CAMPUS_CREDENTIALS__W__COMMUNITY: credentials.w.community: a secret",
        ),
    ],
)
def test_a_mistake_in_a_variable_is_told_by_its_name(tmp_path, variable, value, expected):
    text = FLOORS + "credentials: {w: {version: 2c, community: '${env:W}'}}\n"
    found = faults(tmp_path, text, **{variable: value})
    assert len(found) == 1
    assert found[0].startswith(expected)
    assert "hush" not in found[0]


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────

CREDENTIALS = (
    SMALLEST + "credentials:\n  w:\n    version: 2c\n    community: ${env:W}\n"
    "  f:\n    version: 2c\n    community: ${file:sec/f}\n"
)


def community(found: Settings, name: str) -> Community:
    credential = found.credentials[name]
    assert isinstance(credential, Community)
    return credential


def test_a_secret_is_read_when_it_is_needed_and_shown_never(tmp_path):
    (tmp_path / "sec").mkdir()
    (tmp_path / "sec/f").write_text("from-file\n")
    found = load(tmp_path, CREDENTIALS, W="from-env")
    assert community(found, "w").community.reveal() == "from-env"
    assert community(found, "f").community.reveal() == "from-file"
    shown = f"{found!r} {found} {found.model_dump_json()} {found.model_dump()}"
    assert "from-" not in shown
    assert "${env:W}" in shown


def test_a_missing_secret_is_told_by_the_line_of_its_reference_and_not_before_it_is_needed(tmp_path):
    found = load(tmp_path, CREDENTIALS)
    for name, line in (("w", 5), ("f", 8)):
        with pytest.raises(ConfigError) as caught:
            community(found, name).community.reveal()
        assert [(Path(fault.file).name, fault.line) for fault in caught.value.faults] == [("campus.yaml", line)]


@pytest.mark.parametrize(
    "text", ["${vault:x}", "${env:}", "${ENV:X}", "${env:X", "hunter2", "12345", "true", "a${env:X}"]
)
def test_what_is_no_reference_is_no_secret_and_is_not_repeated(tmp_path, text):
    found = faults(tmp_path, SMALLEST + f"credentials:\n  w:\n    version: 2c\n    community: {text}\n")
    assert len(found) == 1
    assert found[0].startswith("campus.yaml:5: credentials.w.community: ")
    assert found[0].endswith("(write ${env:NAME} or ${file:path})")
    assert "hunter2" not in found[0]


def test_a_reference_is_not_taken_for_a_plain_text(tmp_path):
    found = faults(tmp_path, SMALLEST + "store: {path: '${env:HOME}'}\n")
    assert found == [
        "campus.yaml:2: store.path: a reference is read only where a secret stands (${env:NAME} or ${file:path})"
    ]


# ── identity ─────────────────────────────────────────────────────────────────────────────────────────────────


KEYCLOAK = SMALLEST + "identity: {keycloak: {url: '%s', realm: campus, client_secret: '%s'}}\n"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://sso.college.example", "https://sso.college.example"),
        ("https://sso.college.example/auth/", "https://sso.college.example/auth"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_keycloak_is_reached_over_tls_or_on_this_machine(tmp_path, given, kept):
    assert load(tmp_path, KEYCLOAK % (given, "${env:KC}")).identity.keycloak.url == kept


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("http://sso.college.example", "would carry secrets in clear"),
        ("http://10.1.0.9:8080", "would carry secrets in clear"),
        ("sso.college.example", "is no web address"),
        ("https://", "is no web address"),
        ("https://admin:word@sso.college.example", "holds no user and no password"),
        ("https://sso.college.example:port", "is no web address"),
        ("https://sso.college.example/?realm=x", "is no web address"),
    ],
)
def test_an_address_of_keycloak_that_cannot_be_used_is_told(tmp_path, url, what):
    (fault,) = faults(tmp_path, KEYCLOAK % (url, "${env:KC}"))
    assert fault.startswith("campus.yaml:2: identity.keycloak.url")
    assert what in fault
    assert "word@" not in fault


def test_the_clients_secret_is_a_reference(tmp_path):
    text = KEYCLOAK % ("https://sso.college.example", "${env:KC}")
    assert load(tmp_path, text, KC="word").identity.keycloak.client_secret.reveal() == "word"
    (fault,) = faults(tmp_path, text.replace("${env:KC}", "word"))
    assert "a secret stands in clear" in fault


def test_the_realm_file_stands_beside_the_settings(tmp_path):
    assert load(tmp_path, SMALLEST).identity.realm_file == tmp_path / "realm.yaml"
