"""Lets a PyTorch that was built for CUDA start on a machine without CUDA's libraries, for its processor code.

    python shims.py <folder of torch's libraries> <folder to write to>

PyTorch's wheel links to some 3 GB of CUDA libraries that the benchmark never calls. For each of them a library
is made that has the same names and says "no device" (100) to every call. Needs gcc and readelf.
"""

import collections
import re
import subprocess
import sys
from pathlib import Path

source, target = Path(sys.argv[1]), Path(sys.argv[2])
target.mkdir(parents=True, exist_ok=True)


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


libraries = sorted(source.glob("*.so*"))
needed, owner_of_version = set(), {}
for library in libraries:
    needed |= set(re.findall(r"NEEDED.*\[(.+)\]", output("readelf", "-d", library)))
    file = None
    for line in output("readelf", "-V", "-W", library).splitlines():
        if match := re.search(r"File: (\S+)", line):
            file = match[1]
        elif (match := re.search(r"Name: (\S+)\s+Flags", line)) and file:
            owner_of_version[match[1]] = file
known = output("/sbin/ldconfig", "-p")
present = {library.name for library in libraries}
missing = [name for name in needed - present if name not in known and not name.startswith("ld-linux")]

defined, loose, versioned = set(), set(), collections.defaultdict(lambda: collections.defaultdict(set))
for library in libraries:
    for line in output("readelf", "--dyn-syms", "-W", library).splitlines():
        fields = line.split()
        if len(fields) < 8 or not fields[0][:-1].isdigit():
            continue
        name, _, version = fields[7].replace("@@", "@").partition("@")
        if fields[6] != "UND":
            defined.add(name)
        elif version and (owner := owner_of_version.get(version)) in missing:
            versioned[owner][version].add(name)
        elif not version and fields[4] != "WEAK":
            loose.add(name)
loose = {name for name in loose - defined if re.match(r"(nccl|nvshmem|cu|nvrtc|nvJit)", name)}

for library in missing:
    names = {name for group in versioned[library].values() for name in group}
    # Names without a version may lie anywhere; this library is loaded for all.
    if library.startswith("libcudart"):
        names |= loose
    code, script = target / "shim.c", target / "shim.map"
    code.write_text("".join(f"long {name}(void) {{ return 100; }}\n" for name in sorted(names)))
    groups = (f"{version} {{ global: {' '.join(f'{name};' for name in sorted(group))} }};\n"
              for version, group in versioned[library].items())
    script.write_text("".join(groups))
    command = ["gcc", "-shared", "-fPIC", "-fno-builtin", "-w", "-o", target / library, code, f"-Wl,-soname,{library}"]
    if versioned[library]:
        command.append(f"-Wl,--version-script={script}")
    subprocess.run(command, check=True)
