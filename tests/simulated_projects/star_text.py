"""STAR files as RELION writes them."""

# The first line of each table names the version of its form; 3.0 has no such line.
FORMS = {"3.0": None, "3.1": 30001, "4.0": 30001, "5.0": 50001}


def star_text(blocks, version="5.0"):
    """Return a STAR file as RELION writes it.

    Parameters
    ----------
    blocks : dict
        The columns of each table, a dict of lists, by the name of its block.
    version : str
        The version of RELION.
    """
    form = FORMS[version]
    parts = []
    for name, columns in blocks.items():
        comment = f"\n# version {form}\n" if form else ""
        header = "".join(f"_{c} #{i} \n" for i, c in enumerate(columns, start=1))
        rows = "".join(
            " ".join(map(_value, row)) + " \n"
            for row in zip(*columns.values(), strict=True)
        )
        parts.append(f"{comment}\ndata_{name}\n\nloop_ \n{header}{rows} \n")
    return "".join(parts)


def _value(value):
    if isinstance(value, str):
        return value
    return f"{value:12d}" if isinstance(value, int) else f"{value:12.6f}"
