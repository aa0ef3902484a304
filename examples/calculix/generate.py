#!/usr/bin/env python3
"""Makes jobs.yaml and decks/ for forty finite-element decks of Debian's calculix-ccx-test package.

    python3 generate.py [--output FOLDER]      (default: beside this file; both are ignored by git)

The decks were written for CalculiX 2.11, Debian's ccx is 2.20: some of them fail for real, see README.md.
"""
import argparse
import gzip
import pathlib
import shutil
import sys

SOURCE = pathlib.Path("/usr/share/doc/calculix-ccx-test/examples/test")

# what each group does under ccx 2.20, tried many times; README.md counts them
DECKS = {
    "solved": """
        acou4 aircolumn axrad ball beamhtcr beamp2rotate bolt concretebeam contact2 dam dist hueeber4 leifer2
        metalforming pendel planestress punch1 ring1 ringfcontact1 scheibe segmentbeam simplebeam square swing
        thermomech2 thread truss wire
    """,
    "refused by ccx or not converged, exit status 201": """
        artery1 branch1 channel1 gaspipe-fanno10 gaspipe-fanno9 rotor sensitivity_I
    """,
    "a file that the deck names is not there, exit status 16": "submodelbeamp",
    "crash, SIGSEGV": "couette1per poi2d",
    "crash, SIGABRT": "couettecyl couettecylcent",
}

HEAD = """\
# Made by generate.py. Forty decks, one job each; every job finds its own under the same name, ./input/deck.inp.
meta:
  batch_name: decks
  namespace: calculix
  capabilities: [python3, ccx]
python:
  initialize:
    required_files: []
  jobs:
"""


def unpack(name, folder):
    """Copies a deck, unpacked where Debian packed it."""
    plain, packed = SOURCE / f"{name}.inp", SOURCE / f"{name}.inp.gz"
    if plain.exists():
        shutil.copyfile(plain, folder / f"{name}.inp")
    elif packed.exists():
        (folder / f"{name}.inp").write_bytes(gzip.decompress(packed.read_bytes()))
    else:
        sys.exit(f"no deck {name} in {SOURCE}\ninstall it: apt-get install calculix-ccx calculix-ccx-test")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--output", type=pathlib.Path, default=here, metavar="FOLDER")
    output = parser.parse_args().output
    decks = output / "decks"
    decks.mkdir(parents=True, exist_ok=True)
    if output.resolve() != here:
        shutil.copyfile(here / "run.py", output / "run.py")
    lines = []
    for group, names in DECKS.items():
        lines.append(f"    # {group}")
        for name in names.split():
            unpack(name, decks)
            lines += [
                f"    - name: {name}",
                "      file: run.py",
                f"      required_files: [{{ path: decks/{name}.inp, alias: deck.inp }}]",
            ]
    (output / "jobs.yaml").write_text(HEAD + "\n".join(lines) + "\n")
    print(f"{sum(len(names.split()) for names in DECKS.values())} jobs in {output / 'jobs.yaml'}")


if __name__ == "__main__":
    main()
