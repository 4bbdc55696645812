import numpy as np
import broken_import
