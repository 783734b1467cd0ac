"""Small files that PyTorch itself writes, for the tests of the reader that admits tensors only.

    env/bin/python test/reference/pytorch-files.py

writes `pytorch-files.json` beside this file: each file in base64, and the tensors that it holds. The environment needs
PyTorch alone (2.15 was used).
"""

import base64
import io
import json
from collections import OrderedDict
from pathlib import Path

import torch

torch.manual_seed(7)
convolution = torch.randn(2, 3, 2, 2)
whole = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
tensors = {
    "stem.weight": convolution,
    # Views: transposed, every second value, one row, all of one storage.
    "transposed": whole.permute(2, 0, 1),
    "stepped": whole[:, 1:, ::2],
    "row": whole[1, 2],
    "single": torch.tensor(-0.5),
    "none": torch.zeros(0, 3),
    "parameter": torch.nn.Parameter(torch.tensor([1.5, -2.0])),
}
counters = {"stem.num_batches_tracked": torch.tensor(3), "half": torch.ones(2, dtype=torch.float16)}


def saved(values, **options):
    file = io.BytesIO()
    torch.save(values, file, **options)
    return base64.b64encode(file.getvalue()).decode()


state = OrderedDict({**tensors, **counters})
# As `Module.state_dict` does: an attribute beside the tensors.
state._metadata = OrderedDict({"": {"version": 1}, "stem": {"version": 2}})

module = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.BatchNorm2d(2))


class Other:
    pass


document = {
    "torch": torch.__version__,
    "files": {
        "old": saved(state, _use_new_zipfile_serialization=False),
        "zip": saved(state),
        "plain dictionary": saved(dict(state), _use_new_zipfile_serialization=False),
        "old, protocol 4": saved(state, _use_new_zipfile_serialization=False, pickle_protocol=4),
        "zip, protocol 4": saved(state, pickle_protocol=4),
    },
    "refused": {
        "a whole module, old": saved(module, _use_new_zipfile_serialization=False),
        "a whole module, zip": saved(module),
        "an object of a class": saved({"a": Other()}),
        "a number": saved({"a": 1}, _use_new_zipfile_serialization=False),
        "a tensor alone": saved(torch.zeros(2), _use_new_zipfile_serialization=False),
    },
    "tensors": {
        name: {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}
        for name, tensor in tensors.items()
    },
    "leftOut": sorted(counters),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(document, separators=(",", ":")) + "\n")
