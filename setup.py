"""All but one thing stands in pyproject.toml: a wheel carries the folder `notebooks` inside the package."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["dlcourse*"]), "dlcourse.notebooks"],
    package_dir={"dlcourse.notebooks": "notebooks"},
)
