"""Where a stored notebook fails its check, say in one line how to store it again."""


def pytest_terminal_summary(terminalreporter):
    """After the failures: each notebook whose cells give something else than what is stored."""
    failed = (report.nodeid.split("::")[0] for report in terminalreporter.stats.get("failed", []))
    for path in sorted({path for path in failed if path.endswith(".ipynb")}):
        terminalreporter.write_line(
            f"{path}: not what is stored. If the new outputs are right, store them: python .ci/store_notebooks.py {path}"
        )
