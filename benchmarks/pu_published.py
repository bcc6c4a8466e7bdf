"""Numbers that others have published, with their sources."""

PUBLISHED = """\
Numbers that others have published, in % of accuracy. Their protocols differ from that
of the tables above (more labels, other splits, tuned settings), so they give an order
of size, no ranking. "Second-hand" numbers were taken from a transcription of the
paper, not from itself.

| data | protocol | method | accuracy | source |
|---|---|---|---|---|
| MNIST even/odd | 1,000 labels, four seeds | Self-PU | 93.84 to 94.68 | \
README of [Self-PU](https://github.com/TAMU-VITA/Self-PU) |
| MNIST even/odd | case-control, c = 0.1, 10 seeds | nnPU | 94.85 | \
[PU-Bench](https://openreview.net/forum?id=tb8DabMbMq), second-hand |
| | | Dist-PU | 95.70 | the same |
| | | P3Mix-C | 95.23 | the same |
| | | LaGAM | 95.03 | the same |
| | | LBE | 97.23 | the same |
| | | VAE-PU | 76.56 | the same |
| | | true labels | 96.54 | the same |
| spambase | case-control, c = 0.1, 10 seeds | nnPU | 81.66 ± 2.73 | the same |
| | | Dist-PU | 85.71 ± 3.95 | the same |
| | | PUSB | 81.56 | the same |
| | | Self-PU | 72.10 | the same |
| | | LBE | 68.53 | the same |
| | | true labels | 91.03 ± 0.66 | the same |
| spambase | prior 0.4, 100 runs | PUSB, kernel | 81.1 | Kato et al. 2019, table 2, \
second-hand |
"""
