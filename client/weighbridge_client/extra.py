"""Packages that only some methods need, imported when they are called."""

import importlib
from types import ModuleType


def extra(module: str, method: str, name: str) -> ModuleType:
    """Imports a module of the extra `name`; says how to install it where it is not there."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        advice = f"{method} needs {package}: pip install 'weighbridge-client[{name}]'"
        raise ImportError(advice, name=package) from error
