"""Python 2 modules on Python 3: the installed source is translated in memory while it is imported, never edited.

The rest is what the standard library of Python 2 did and that of Python 3 does not: Base64 from text to text, and
request bodies that are text.
"""

import base64
import importlib.util
import sys
import types
import urllib.request
import warnings
from pathlib import Path

from fissix.refactor import RefactoringTool, get_fixers_from_package


class Request(urllib.request.Request):
    """Takes a body of ASCII text."""

    def __init__(self, url, data=None, *arguments, **named):
        super().__init__(url, data.encode("ascii") if isinstance(data, str) else data, *arguments, **named)


def run(text, name, names):
    """Python 2 source, translated, run among `names`; urllib takes bodies of text from now on."""
    translated = str(RefactoringTool(get_fixers_from_package("fissix.fixes")).refactor_string(text, name))
    urllib.request.Request = Request
    with warnings.catch_warnings(action="ignore"):  # what newer Pythons think of its literals and modules
        exec(compile(translated, name, "exec"), names)


def load(name):
    """The module `name`, which must be installed. Raises ModuleNotFoundError."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name)
    base64.encodestring = lambda text: base64.encodebytes(text.encode()).decode()
    module = sys.modules[name] = types.ModuleType(name)
    run(Path(found.origin).read_text("utf-8") + "\n", found.origin, module.__dict__)
    return module
