"""What one lab of a notebook needs: the statements before it on which it depends, read from the syntax tree."""

import ast
import json
import re
import symtable


def labs_of(path):
    """The labs of a notebook file, in order, as dicts: name, heading, program, and the picture and sentence stored."""
    before, heading, found = [], "", []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = (re.findall(r"^#+ +(.+)$", source, re.MULTILINE) or [heading])[-1]
            continue
        plain = "\n".join(line for line in source.splitlines() if not line.rstrip().endswith("?"))
        statements = ast.parse(plain).body
        for statement in statements:
            if name := _shows(statement):
                picture, sentence = _stored(cell)
                found.append(
                    dict(
                        name=name,
                        heading=heading,
                        program=needed(before, statement.value),
                        picture=picture,
                        says=sentence,
                    )
                )
            before.append(statement)
    return found


def title_of(path):
    """The title of a notebook: its first heading."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return next(found[1] for cell in cells if (found := re.search(r"^# +(.+)$", "".join(cell["source"]), re.MULTILINE)))


def needed(before, call):
    """The program of a lab: of the statements before its call those on which it depends, then the call, on one line.

    >>> statements = ast.parse("import numpy as np; a = 1; b = a + 1; print(b); c = 2; a = 5").body
    >>> print(needed(statements, ast.parse("live(b)", mode="eval").body))
    a = 1
    b = a + 1
    live(b)
    """
    late = set()  # what its functions use when they are called: the last value counts
    while True:
        taken = _taken(before, _used(call) | late)
        functions = [
            node for part in taken for node in ast.walk(part) if isinstance(node, (ast.FunctionDef, ast.Lambda))
        ]
        names = {name for function in functions for name in _used(function)}
        if names <= late:
            return "\n".join(ast.unparse(statement) for statement in [*taken, call])
        late |= names


def _taken(before, names):
    """The statements on which these names depend, in order."""
    taken = []
    for statement in reversed(before):
        bound = _bound(statement)
        if bound & names:
            taken.append(_trimmed(statement, names))
            names = (names - (bound if _sets(statement) else set())) | _used(statement)
    return taken[::-1]


def _shows(statement):
    """The name of a lab, of a statement such as `first = live(...)`."""
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
        if isinstance(statement.value.func, ast.Name) and statement.value.func.id == "live":
            return statement.targets[0].id


def _tables(tree):
    """Python's own table of a statement's names, and those of the functions and comprehensions in it."""
    tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")]
    for table in tables:
        tables.extend(table.get_children())
    return tables


def _used(tree):
    """The names of the notebook that a statement reads: not its arguments, nor what a comprehension runs over."""
    top, *inner = _tables(tree)
    names = {name.get_name() for name in top.get_symbols() if name.is_referenced()}
    return names | {name.get_name() for table in inner for name in table.get_symbols() if name.is_global()}


def _bound(statement):
    """The names that a statement gives a value, or may change in place, as x[0] = 1 and x.append(1) do."""
    top, *_ = _tables(statement)
    names = {n.get_name() for n in top.get_symbols() if n.is_assigned() or n.is_imported() or n.is_namespace()}
    for node in ast.walk(statement):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            names |= _used(node.value)
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
        ):
            names |= _used(node.value.func)
    return names


def _trimmed(statement, names):
    """Of an import what is used."""
    if isinstance(statement, ast.ImportFrom):
        used = [alias for alias in statement.names if (alias.asname or alias.name) in names]
        return ast.ImportFrom(statement.module, used, statement.level)
    return statement


def _sets(statement):
    """Does it bind its names whatever they were?"""
    plain = isinstance(statement, ast.Assign) and all(
        isinstance(target, (ast.Name, ast.Tuple)) for target in statement.targets
    )
    return plain or isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))


def _stored(cell):
    """The first picture of a cell's stored outputs, as base64, and its sentence."""
    for output in cell["outputs"]:
        if "image/png" in output.get("data", {}):
            return output["data"]["image/png"], "".join(output["data"]["text/plain"])
    return None, ""
