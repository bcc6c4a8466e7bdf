from inspect import signature

import pytest
from click.testing import CliRunner

from pusklearn.commands._main import main


@pytest.fixture
def pusklearn_command():
    """Run the command ``pusklearn`` in this process, as a shell would.

    The result has ``exit_code``, ``stdout`` and ``stderr``.
    """
    # Standard error is kept apart by every click from 8.2 on.
    before = "mix_stderr" in signature(CliRunner).parameters
    runner = CliRunner(**({"mix_stderr": False} if before else {}))

    def run(*arguments, input=None):
        return runner.invoke(main, [str(one) for one in arguments], input=input)

    return run
