"""Which PAM modules does a service really run? Its stack with all includes resolved, as the library reads it.

Sources: pam.conf(5), and pam.d of Debian (``@include``) and of EL (``include``, ``substack``).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from playbooks.language.row import Row

FILE = re.compile(r"^@file /etc/pam\.d/(\S+)$")
RULE = re.compile(r"^-?(auth|account|password|session)\s+(\[[^\]]*\]|\S+)\s+(\S+)\s*(.*)$")
DEEPEST = 8  # an include that includes itself ends here


def stacks(text: str) -> Iterator[Row]:
    """Give one row a module, in order; ``module`` without folder and ending, each argument a field (``yes`` if bare).

    ``after`` names the modules of the same type that run before it.

    ``text`` holds the files of pam.d, each after a line ``@file`` with its path.
    """
    files = _files(text)
    for service in sorted(files):
        before: defaultdict[str, list[str]] = defaultdict(list)
        for kind, control, module, arguments in _resolved(files, service, None, 0):
            name = module.rpartition("/")[2].removesuffix(".so")
            options = (part.partition("=") for part in arguments.split())
            fields = {key.strip("[]"): value.strip("[]") or "yes" for key, _, value in options}
            after = " ".join(before[kind])
            yield {**fields, "service": service, "type": kind, "control": control, "module": name, "after": after}
            before[kind].append(name)


def _files(text: str) -> Mapping[str, list[str]]:
    files: defaultdict[str, list[str]] = defaultdict(list)
    name = ""
    for line in text.replace("\\\n", " ").splitlines():
        head = FILE.match(line)
        if head:
            name = head[1]
        elif name:
            files[name].append(line.partition("#")[0].strip())
    return files


def _resolved(
    files: Mapping[str, list[str]], name: str, only: str | None, depth: int
) -> Iterator[tuple[str, str, str, str]]:
    for line in files.get(name, []) if depth < DEEPEST else []:
        if line.startswith("@include"):
            yield from _resolved(files, line.split()[-1], only, depth + 1)
            continue
        rule = RULE.match(line)
        if rule is None or only not in {None, rule[1]}:
            continue
        if rule[2] in {"include", "substack"}:
            yield from _resolved(files, rule[3], rule[1], depth + 1)
        else:
            yield rule[1], rule[2], rule[3], rule[4]
