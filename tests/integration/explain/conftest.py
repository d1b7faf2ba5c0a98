"""One thread for the model libraries: small fits are slower with more, and much slower beside other work."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
