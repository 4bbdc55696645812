"""All the mistakes."""
from mistakes_backward import *  # noqa: F401,F403
from mistakes_forward import *  # noqa: F401,F403
