"""A report's rows as comma-separated values: the members of a row, without its weights."""

from collections.abc import Iterable
from csv import writer
from io import StringIO

from weighbridge.render.escape import cell
from weighbridge.report import Row, Shape

COLUMNS = tuple(name for name in Row.__struct_fields__ if name != "weights")


def csv(rows: Iterable[Row]) -> str:
    """A line of names, then a line for each row, each ended by a newline.

    Shapes read `batch x 28 x 28 x 8`; several references or shapes stand between `; `. A dimension
    or a cost that is unknown is `?`, what a row does not have is empty.
    """
    text = StringIO()
    lines = writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows(_cells(row) for row in rows)
    return text.getvalue()


def _cells(row: Row) -> list[str | int]:
    return [
        cell(row.name),
        cell(row.type),
        cell("; ".join(row.inputs)),
        cell(_shapes(row.input_shapes)),
        cell(_shapes(row.output_shapes)),
        row.parameters,
        row.trainable,
        row.non_trainable,
        row.buffers,
        "?" if row.macs is None else row.macs,
        "?" if row.activations is None else row.activations,
        cell(row.parent or ""),
        row.repeat,
        row.runs,
        cell(row.shared_with or ""),
        cell(row.formula or ""),
    ]


def _shapes(shapes: tuple[Shape, ...]) -> str:
    return "; ".join(" x ".join("?" if d is None else str(d) for d in shape) for shape in shapes)
