"""Can every test fail? One that checks nothing is worse than none."""

import ast

# A property that is drawn (`given`) may be that nothing at all is raised; a browser's wait fails when its time is over.
CHECKS = {"raises", "warns", "fail", "given", "wait_for", "wait_for_url"}


def test_each_test_checks_something(kept, root):
    files = [path for path in kept if path.is_relative_to(root / "tests") and path.name.startswith("test_")]
    trees = {path: ast.parse(path.read_bytes()) for path in files if path.suffix == ".py"}
    assert trees
    assert [idle for path, tree in trees.items() for idle in _idle(path.relative_to(root), tree)] == []


def test_test_folders_are_no_packages(kept, root):
    """With importmode=importlib a package would give two test modules one name."""
    assert [path for path in kept if path.is_relative_to(root / "tests") and path.name == "__init__.py"] == []


def _idle(path, tree: ast.Module) -> list[str]:
    """Name the tests that neither check themselves nor call a function of their file that does."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    checking = {name for name, function in functions.items() if _checks(function)}
    tests = {name: function for name, function in functions.items() if name.startswith("test_")}
    return [f"{path} {name}" for name, test in tests.items() if not (name in checking or _called(test) & checking)]


def _checks(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(function)) or bool(_called(function) & CHECKS)


def _called(function: ast.AST) -> set[str]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}
