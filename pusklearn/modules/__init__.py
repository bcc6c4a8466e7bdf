"""Network architectures as small clonable specifications."""

from pusklearn.modules._architecture import Architecture
from pusklearn.modules._conv_net import ConvNet
from pusklearn.modules._mlp import MLP
from pusklearn.modules._resnet8 import ResNet8
from pusklearn.modules._resnet16 import ResNet16

__all__ = ["MLP", "Architecture", "ConvNet", "ResNet8", "ResNet16"]
