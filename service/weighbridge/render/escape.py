"""What makes a document's strings safe to show.

Names come from whoever wrote the model. In a terminal a name could move the cursor or turn the line
around, in a spreadsheet it could be a formula; here it becomes text that only looks like itself.
"""

from json import dumps

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Spreadsheets take the wide forms of Chinese and Japanese keyboards too."""


def visible(text: str) -> str:
    r"""`text` with what does not print shown as Python escapes: `\x1b`, `\u202e`, `\n`.

    That takes in all control, bidirectional and zero-width characters, and every space but " ".
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def visible_json(document: str) -> str:
    """The same JSON `document` with what does not print as JSON escapes. It must be on one line."""
    if document.isprintable():
        return document
    return "".join(c if c.isprintable() else dumps(c)[1:-1] for c in document)


def cell(text: str) -> str:
    """`text` for a CSV cell: visible, and behind a `'` where a spreadsheet would compute it."""
    # A tab or carriage return before the formula is an escape by now and begins with a backslash.
    text = visible(text)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
