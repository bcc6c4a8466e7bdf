"""What tests of the report share."""

from io import BytesIO

import numpy as np
from PIL import Image


def levels_of(png):
    """Return the 16 levels of grey of a PNG, read by another program."""
    return np.asarray(Image.open(BytesIO(png)).convert("L")) // 17
