"""Does any file that git keeps tell where it was made, or where its parts were fetched?"""

import json
import re
from ipaddress import ip_address
from urllib.parse import urlsplit

# Hosts that a kept file may name, and why. Everything else, registries first of all, stays out.
KNOWN_HOSTS = {
    "localhost": "this machine",
    "www.apache.org": "the licence",
    "keepachangelog.com": "the form of the changelog",
    "semver.org": "the meaning of version numbers",
    "www.w3.org": "name spaces of SVG and HTML",
    "json-schema.org": "the dialect of a schema",
    "www.rfc-editor.org": "the standards that we follow",
}
RESERVED_HOSTS = re.compile(r"(^|\.)(example(\.(com|org|net|edu|cn|edu\.cn))?|test|invalid|local|internal)$")
URL = re.compile(r"\bhttps?://[A-Za-z0-9\[][^\s\"'<>)`\\]*")
REGISTRY = re.compile(r"\b(index|registry|mirrors?|proxy|files|deb|crates|repo\d?)\.[a-z0-9-]+\.(org|com|io|net|cn)\b")
MACHINE_PATH = re.compile(r"(?<![\w.<\]])/(?:work|home|root|tmp|Users)/\w")
INDEX_LINE = re.compile(
    r"(?m)^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b| @ (https?|file):|#\s+(via|from) /"
)
TELLS_OF_HOSTS = "playbooks/baseline/checks/"  # the paths of managed hosts are what these are about
THIRD_PARTY = "dashboards/static/vendor/"


def test_no_file_names_a_host_that_is_not_known(texts, root):
    ours = {path: text for path, text in texts.items() if not path.relative_to(root).as_posix().startswith(THIRD_PARTY)}
    strays = {(str(path.relative_to(root)), host) for path, text in ours.items() for host in _hosts(text)}
    assert sorted(stray for stray in strays if not _allowed(stray[1])) == []


def test_no_file_names_a_registry(texts, root):
    assert [str(path.relative_to(root)) for path, text in texts.items() if REGISTRY.search(text)] == []


def test_no_file_names_a_path_of_the_machine_that_made_it(texts, root):
    names = {path.relative_to(root).as_posix(): text for path, text in texts.items()}
    ours = {name: text for name, text in names.items() if not name.startswith(TELLS_OF_HOSTS)}
    assert [(name, match[0]) for name, text in ours.items() for match in MACHINE_PATH.finditer(text)] == []


def test_the_lock_pins_every_package_with_hashes_and_says_nothing_of_an_index(root):
    text = (root / "requirements.lock").read_text("utf-8")
    pins = [line for line in text.splitlines() if "==" in line]
    assert pins
    assert INDEX_LINE.findall(text) == []
    assert [pin for pin in re.split(r"\n(?=\S)", text) if "==" in pin and "--hash=sha256:" not in pin] == []


def test_locks_of_vendored_pages_hold_no_download_address(texts, root):
    locks = {path: json.loads(text) for path, text in texts.items() if path.name == "package-lock.json"}
    parts = [(path, part) for path, lock in locks.items() for part in lock.get("packages", {}).values()]
    assert [str(path.relative_to(root)) for path, part in parts if "resolved" in part] == []


def test_the_changelog_names_the_version(project, root):
    version = project["project"]["version"]
    assert re.search(rf"(?m)^## \[(Unreleased|{re.escape(version)})\]", (root / "CHANGELOG.md").read_text("utf-8"))
    assert version in (root / "CHANGELOG.md").read_text("utf-8")


def _hosts(text: str) -> set[str]:
    return {urlsplit(url).hostname or url for url in URL.findall(text)}


def _allowed(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host in KNOWN_HOSTS or bool(RESERVED_HOSTS.search(host))
