"""Write files whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path


def make_folders(files: Iterable[Path]) -> None:
    """Make the folders of files, as far as they do not exist."""
    for folder in dict.fromkeys(file.parent for file in files):
        folder.mkdir(parents=True, exist_ok=True)


def write_files(texts: Mapping[Path, str | bytes]) -> None:
    r"""Write files as drafts beside their places, then put all of them in place.

    Drafts lie in a new folder that is open to this user alone and whose name nobody can
    foretell, so that neither other users nor threads meddle with them. A file keeps the
    mode of the one that it replaces; a new one gets that of an ordinary new file. A
    link in its place is replaced, not followed.

    Parameters
    ----------
    texts : mapping of Path to str or bytes
        The text of each file, which is written as UTF-8 with ``\n`` at line ends, or
        its bytes.

    Raises
    ------
    ValueError
        If there is a folder, a pipe or a device in the place of a file.
    OSError
        If a file cannot be written. Then no draft is left, and the files are what they
        were, unless putting one of several in place failed.
    """
    modes = {file: _mode_of(file) for file in texts}
    with ExitStack() as stack:
        folders: dict[Path, Path] = {}
        for file in texts:
            if file.parent not in folders:
                with naming(file):
                    beside = tempfile.TemporaryDirectory(
                        prefix=".pusklearn-", dir=file.parent
                    )
                folders[file.parent] = Path(stack.enter_context(beside))
        drafts = {file: folders[file.parent] / file.name for file in texts}
        for file, draft in drafts.items():
            text = texts[file]
            with naming(file):
                draft.write_bytes(text if isinstance(text, bytes) else text.encode())
            if (mode := modes[file]) is not None:
                draft.chmod(mode)
        for file, draft in drafts.items():
            os.replace(draft, file)


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Let errors of the system name a file, in place of its draft or of none."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            error.filename = os.fspath(file)
        raise


def _mode_of(file):
    """Return the permissions of a file, or None if there is no file or only a link."""
    try:
        mode = file.lstat().st_mode
    except FileNotFoundError:
        if file.parent.is_dir():
            return None
        raise FileNotFoundError(
            f"There is no folder {file.parent} to write {file.name} to; make it first."
        ) from None
    if stat.S_ISREG(mode):
        return stat.S_IMODE(mode)
    if stat.S_ISLNK(mode):
        return None
    raise ValueError(
        f"`path` must be a file, or lead to none yet. {file} is neither a file nor a "
        "link to one."
    )
