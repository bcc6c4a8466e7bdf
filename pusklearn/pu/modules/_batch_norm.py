"""Batch norm over a batch whose parts are in several threads."""

from typing import Any

import torch
from torch import nn

from pusklearn.pu.modules._thread_team import ThreadTeam, current_rank, current_team


class _SharedBatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch norm whose moments are those of all parts of a batch, in training."""

    num_batches_tracked: torch.Tensor
    running_mean: torch.Tensor
    running_var: torch.Tensor
    momentum: float

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Normalise values, by the moments of the whole batch in training."""
        team = current_team()
        if team is None or not self.training:
            return super().forward(values)
        normal, moments = NormalizeInTeam.apply(
            values, self.weight, self.bias, self.eps, team
        )
        if current_rank() == 0:
            self._follow(moments)
        return normal

    def _follow(self, moments):
        """Move the running moments toward those of a batch."""
        count, mean, variance = moments
        unbiased = variance * count / (count - 1)
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(unbiased, self.momentum)


class BatchNorm1d(_SharedBatchNorm, nn.BatchNorm1d):
    """`torch.nn.BatchNorm1d` that works in a `ThreadTeam` as on the whole batch."""


class BatchNorm2d(_SharedBatchNorm, nn.BatchNorm2d):
    """`torch.nn.BatchNorm2d` that works in a `ThreadTeam` as on the whole batch."""


class NormalizeInTeam(torch.autograd.Function):
    """The batch norm of one part of a batch, given the moments of all parts.

    With ``x^ = (x - mean) * scale`` and ``y = weight * x^ + bias``, the gradient is
    that of Ioffe and Szegedy, arXiv 1502.03167, section 3, over the whole batch::

        dx = weight * scale * (dy - sum(dy) / n - x^ * sum(dy * x^) / n)
    """

    @staticmethod
    def forward(
        ctx: Any,
        values: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor,
        eps: float,
        team: ThreadTeam,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the normal values, and count, mean and variance over the batch."""
        # torch's kernel gives the moments in float32 whatever the values are in.
        _, mean, scale = torch.native_batch_norm(
            values, weight, bias, None, None, True, 0.0, eps
        )
        variance = scale.square().reciprocal() - eps
        count = torch.full_like(mean, values.numel() / len(mean))
        sums = torch.stack([count, count * mean, count * (variance + mean.square())])
        count, mean, square = team.sum(sums.double())
        mean = mean / count
        variance = (square / count - mean.square()).clamp(min=0)
        moments = torch.stack([count, mean, variance])
        _, mean, variance = moments.float()
        scale = (variance + eps).rsqrt()
        ctx.save_for_backward(values, weight, mean, scale, count.float())
        ctx.team, ctx.eps = team, eps
        ctx.mark_non_differentiable(moments)
        normal = torch.batch_norm(
            values, weight, bias, mean, variance, False, 0.0, eps, False
        )
        return normal, moments.float()

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor, _: Any) -> tuple:
        """Return the gradients of the values, the weight and the bias of this part."""
        values, weight, mean, scale, count = ctx.saved_tensors
        _, of_weight, of_bias = torch.ops.aten.native_batch_norm_backward(
            *(gradient, values, weight, mean, scale, mean, scale, True, ctx.eps),
            [False, True, True],
        )
        sum_of_normal, total = ctx.team.sum(torch.stack([of_weight, of_bias]))
        factor = weight * scale
        slope = -factor * scale * sum_of_normal / count
        level = -factor * total / count - slope * mean
        of_values = affine(values, slope, level)
        of_values += affine(gradient, factor, torch.zeros_like(factor))
        return of_values, of_weight, of_bias, None, None


def affine(
    values: torch.Tensor, slope: torch.Tensor, level: torch.Tensor
) -> torch.Tensor:
    """Return ``slope * values + level`` for each channel, in the values' precision."""
    zero, one = torch.zeros_like(slope), torch.ones_like(slope)
    # torch's batch norm is the only fast kernel for values in bfloat16 and float32
    # factors.
    return torch.batch_norm(values, slope, level, zero, one, False, 0.0, 0.0, False)
