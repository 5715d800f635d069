from typing import TYPE_CHECKING

try:
    import cudf

    HAS_GPU = True
except ImportError:
    HAS_GPU = False

if TYPE_CHECKING:
    from pandas import DataFrame


def train(rows, small=False):
    found = False
    for row in rows:
        found = found or bool(row)
    if found and HAS_GPU:
        rows = cudf.DataFrame(rows)
    if HAS_GPU:
        rows = rows.to_pandas()
    if small:
        rows = rows[:10]
    while True:
        return rows
