"""Network architectures as small clonable specifications."""

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._conv_net import ConvNet
from pusklearn.pu.modules._mlp import MLP
from pusklearn.pu.modules._resnet8 import ResNet8
from pusklearn.pu.modules._resnet16 import ResNet16

__all__ = ["MLP", "Architecture", "ConvNet", "ResNet8", "ResNet16"]
