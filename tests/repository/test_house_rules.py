"""Is the code within the measures that the house set itself? The figures are printed at the end of the run."""

import ast
import re
from collections.abc import Iterator
from statistics import median, quantiles

BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef

# Verbs and routes take what the command line and HTTP give them.
MANY_PARAMETERS = ("campus/cli", "api/routers/")
UNEXPLAINED_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s*#\s*\S)")


def test_functions_are_short(trees, root, say):
    lengths = {place: _lines(function) for place, function in _functions(trees, root)}
    middle, p95 = median(lengths.values()), quantiles(lengths.values(), n=20)[-1]
    say(f"functions: {len(lengths)}, median {middle:.0f} lines, p95 {p95:.0f}, longest {max(lengths.values())}")
    assert {place: lines for place, lines in lengths.items() if lines > 60} == {}
    assert middle <= 10
    assert p95 <= 40


def test_modules_are_short(trees, texts, root, say):
    lengths = {str(path.relative_to(root)): texts[path].count("\n") for path in trees}
    middle = median(length for length in lengths.values() if length > 1)
    say(f"modules: {len(lengths)}, median {middle:.0f} lines, longest {max(lengths.values())}")
    assert {path: lines for path, lines in lengths.items() if lines > 500} == {}
    assert middle <= 120


def test_functions_take_five_parameters_at_most(trees, root):
    counted = {place: _parameters(function) for place, function in _functions(trees, root)}
    many = {place: count for place, count in counted.items() if count > 5 and not place.startswith(MANY_PARAMETERS)}
    assert many == {}


def test_blocks_nest_three_deep_at_most(trees, root):
    depths = {place: _depth(function.body) for place, function in _functions(trees, root)}
    assert {place: depth for place, depth in depths.items() if depth > 3} == {}


def test_no_signature_says_any(trees, root):
    assert [
        place for place, function in _functions(trees, root) if any(_says_any(note) for note in _notes(function))
    ] == []


def test_each_ignored_type_error_names_its_code_and_reason(trees, texts, root):
    lines = [(path, line) for path in trees for line in texts[path].splitlines()]
    assert [
        f"{path.relative_to(root)}: {line.strip()}" for path, line in lines if UNEXPLAINED_IGNORE.search(line)
    ] == []


def test_nothing_is_left_to_do(trees, texts, root):
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    assert [str(path.relative_to(root)) for path in trees if marks.search(texts[path])] == []


def _functions(trees, root) -> Iterator[tuple[str, Function]]:
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                yield f"{path.relative_to(root).as_posix()}:{node.lineno} {node.name}", node


def _lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _parameters(function: Function) -> int:
    given = function.args
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def _depth(body: list[ast.stmt]) -> int:
    """How deep do branches and loops nest? ``elif`` and ``with`` add nothing; inner functions count by themselves."""
    deepest = 0
    for statement in body:
        if isinstance(statement, FUNCTIONS):
            continue
        inner = max((_depth(part) for part in _parts(statement)), default=0)
        deepest = max(deepest, inner + isinstance(statement, BLOCKS))
    return deepest


def _parts(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    yield getattr(statement, "body", [])
    orelse = getattr(statement, "orelse", [])
    is_elif = isinstance(statement, ast.If) and len(orelse) == 1 and isinstance(orelse[0], ast.If)
    if is_elif:
        yield from _parts(orelse[0])
    else:
        yield orelse
    yield getattr(statement, "finalbody", [])
    yield from (part.body for part in (*getattr(statement, "handlers", []), *getattr(statement, "cases", [])))


def _notes(function: Function) -> Iterator[ast.expr]:
    given = function.args
    arguments = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
    yield from (argument.annotation for argument in arguments if argument is not None and argument.annotation)
    if function.returns is not None:
        yield function.returns


def _says_any(note: ast.expr) -> bool:
    names = (getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(note))
    return "Any" in names
