"""One update of `PUClassifier.fit`, beside a plain PyTorch loop over ready tensors.

python benchmarks/training_speed.py
"""

import numpy as np
import torch
from speed_row import Row, as_table, flops_per_second, timed
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from pusklearn import PUClassifier, TiledRegions
from pusklearn.modules import ConvNet, ResNet8

BATCH = 256
NETWORKS = {
    "31-px conv net": (ConvNet(31), 300, "0.74 of the bfloat16 loop"),
    "ResNet8 (71 px)": (ResNet8(), 40, "1.02 of the bfloat16 loop"),
}


def plain_conv_net():
    """Return the conv net of 31 pixels, written in plain PyTorch."""
    layers, width_in = [], 1
    for width, kernel, stride in ((32, 7, 2), (64, 5, 2), (128, 5, 1)):
        layers.append(nn.Conv2d(width_in, width, kernel, stride, bias=False))
        layers += [nn.BatchNorm2d(width), nn.PReLU()]
        width_in = width
    return nn.Sequential(*layers, nn.Conv2d(width_in, 1, 1))


class PlainBlock(nn.Module):
    """A residual block in plain PyTorch."""

    def __init__(self, width_in, width, dilation, stride):
        super().__init__()
        self.first = nn.Conv2d(width_in, width_in, 3, bias=False)
        self.norm = nn.BatchNorm2d(width_in)
        self.second = nn.Conv2d(
            width_in, width, 3, stride, dilation=dilation, bias=False
        )
        self.project = nn.Identity()
        if width != width_in:
            self.project = nn.Conv2d(width_in, width, 1, bias=False)
        self.inside = slice(1 + dilation, -1 - dilation, stride)

    def forward(self, images):
        shortcut = self.project(images[:, :, self.inside, self.inside])
        return self.second(self.norm(self.first(images)).relu()) + shortcut


def plain_resnet():
    """Return the residual network of 8 layers, written in plain PyTorch."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 7, 2, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        *(PlainBlock(32, 32, 2, 1), nn.BatchNorm2d(32), nn.ReLU()),
        *(PlainBlock(32, 64, 2, 2), nn.BatchNorm2d(64), nn.ReLU()),
        *(PlainBlock(64, 64, 2, 1), nn.BatchNorm2d(64), nn.ReLU()),
        *(nn.Conv2d(64, 128, 5, bias=False), nn.BatchNorm2d(128), nn.ReLU()),
        nn.Conv2d(128, 1, 1),
    )


PLAIN = {"31-px conv net": plain_conv_net, "ResNet8 (71 px)": plain_resnet}


def plain_update(network, half, size):
    """Return a function that does one update of a plain loop on a ready batch."""
    network = network.train()
    optimizer = torch.optim.Adam(network.parameters())
    samples = torch.randn(BATCH, 1, size, size)
    target = (torch.arange(BATCH) < BATCH // 16).float()

    def update():
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            logits = network(samples).flatten()
        binary_cross_entropy_with_logits(logits.float(), target).backward()
        optimizer.step()

    return update


def flops_of_layers(network, size):
    """Count the multiplications and additions of the convolutions of one image."""
    total = 0

    def count(layer, images, outputs):
        nonlocal total
        total += 2 * outputs[0].numel() * layer.weight[0].numel()

    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 1, size, size))
    for hook in hooks:
        hook.remove()
    return total


def measure():
    """Return a row per network and kind of plain loop."""
    rng = np.random.default_rng(0)
    micrographs = rng.normal(size=(4, 1024, 1024)).astype(np.float32)
    rows = []
    for name, (module, updates, goal) in NETWORKS.items():
        size = module.receptive_field
        regions = TiledRegions(micrographs, size)
        labels = (np.arange(len(regions)) % 500 == 0).astype(int)
        classifier = PUClassifier(
            module, prior=0.02, max_epochs=1, steps_per_epoch=updates, random_state=0
        )
        classifier.fit(regions, labels)
        # Forward, and back to the weights and to the layer before.
        work = 3 * BATCH * flops_of_layers(PLAIN[name](), size)
        limit = work / flops_per_second()
        plain = [plain_update(PLAIN[name](), half, size) for half in (True, False)]
        times = [
            updates_in_turn(classifier, regions, labels, updates, plain)
            for _ in range(3)
        ]
        ours, half, single = np.min(times, 0)
        note = "the matrix products at the float32 rate"
        rows += [
            Row(
                f"one update of `fit`, {name}, batch of {BATCH}",
                ours,
                half,
                "a loop over ready tensors in bfloat16",
                limit,
                note,
                goal,
            ),
            Row(
                f"the same, {name}",
                ours,
                single,
                "the loop in float32",
                limit,
                note,
            ),
        ]
    return rows


def updates_in_turn(classifier, regions, labels, updates, plain):
    """Return the seconds of one update of ours, and of each plain loop."""
    _, ours = timed(lambda: classifier.fit(regions, labels))
    times = [ours / updates]
    for update in plain:
        for _ in range(3):
            update()
        _, loop = timed(lambda update=update: [update() for _ in range(updates // 6)])
        times.append(loop / (updates // 6))
    return times


if __name__ == "__main__":
    print(as_table(measure()))
