"""Options that take several values, as patterns of a shell give them."""

from collections.abc import Iterable, Iterator

import click


class ManyValues(click.Command):
    """A command whose options with ``multiple=True`` take all values that follow.

    ``--particles a.star b.star --seed 1`` is read as ``--particles a.star
    --particles b.star --seed 1``, so that a pattern of the shell may stand there. An
    option that has its value behind an equals sign takes no more.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        many = {
            name
            for param in self.params
            if isinstance(param, click.Option) and param.multiple
            for name in param.opts
        }
        repeated = list(with_names_repeated(args, many))
        has_several = len(repeated) > len(args)
        try:
            return super().parse_args(ctx, repeated)
        except click.MissingParameter as error:
            if not (has_several and isinstance(error.param, click.Argument)):
                raise
            raise click.UsageError(
                f"{error.format_message()} It stands before "
                f"{' and '.join(sorted(many))}, which takes all that follows up to the "
                "next option.",
                ctx,
            ) from error


def with_names_repeated(args: Iterable[str], many: set[str]) -> Iterator[str]:
    """Yield arguments, with the name of its option before each of several values.

    Examples
    --------
    >>> from pusklearn.commands._many_values import with_names_repeated
    >>> list(with_names_repeated(["x", "--in", "a", "b", "--out", "c"], {"--in"}))
    ['x', '--in', 'a', '--in', 'b', '--out', 'c']
    """
    name, is_first, is_over = None, False, False
    for argument in args:
        if is_over or not argument.startswith("-") or argument == "-":
            if name is not None and not is_first:
                yield name
            is_first = False
        else:
            # What follows two dashes belongs to no option.
            is_over = argument == "--"
            name = argument if argument in many else None
            is_first = True
        yield argument
