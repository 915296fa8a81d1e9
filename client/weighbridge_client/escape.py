"""What a document's strings look like to a person."""


def visible(text: str) -> str:
    r"""`text` with what does not print shown as an escape: `\x1b`, `\u202e`.

    Control characters steer a terminal and bidirectional ones reorder what is read, and both may
    come from the author of a model's names.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
