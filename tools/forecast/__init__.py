"""What a fine-tune would reach, and whether a classifier would do."""

import warnings

# A fold of a small file may hold more labels than scikit-learn expects of labels.
warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
