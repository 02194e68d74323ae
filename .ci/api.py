#!/usr/bin/env python3
"""The public surface of the crates, from the JSON of rustdoc, which is not yet stable.

    .ci/api.py              compares the surface with public-api.txt, and fails where they differ
    .ci/api.py --update     writes public-api.txt
    .ci/api.py --examples   lists public items that no example of the documentation uses

A line for each item: its path and its signature. Of several paths to one item, the shortest has it, the others say where
it is. Only Python's standard library."""

import collections
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys

from signatures import args, bounds, function, generics, kind, name

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRATES = ["nanoprop", "nanoprop-build", "nanoprop-c", "nanoprop-exchange", "nanoprop-host"]
SURFACE = ROOT / "public-api.txt"


def document(crate):
    """What rustdoc knows of a crate with all its features."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    subprocess.run(["cargo", "rustdoc", "--quiet", "--locked", "--package", crate, "--lib", "--all-features",
                    "--target-dir", str(target), "--", "-Zunstable-options", "--output-format", "json"],
                   cwd=ROOT, check=True, env=os.environ | {"RUSTC_BOOTSTRAP": "1"})
    return json.loads((target / "doc" / f"{crate.replace('-', '_')}.json").read_text(encoding="utf-8"))


class Surface:
    """The lines of a crate, and the items that they are of."""

    def __init__(self, crate):
        self.index = document(crate)["index"] if isinstance(crate, str) else crate["index"]
        self.lines, self.places, self.shown, self.bare, self.items = [], [], {}, [], 0
        docs = "\n".join(item["docs"] or "" for item in self.index.values())
        self.examples = "\n".join(docs.split("```")[1::2])

    def item(self, key):
        return self.index.get(str(key))

    def walk(self, module, path, seen):
        """All paths to the items of a module, also those by `use`."""
        for key in module["items"]:
            item = self.item(key)
            if item is None:
                continue
            (what, inner), = item["inner"].items()
            name = f"{path}::{item['name']}"
            if what == "use":
                target = self.item(inner["id"]) if inner["id"] is not None else None
                if inner["is_glob"]:
                    if target is not None and (inner["id"], path) not in seen:
                        seen.add((inner["id"], path))
                        (what, of), = target["inner"].items()
                        if what == "module":
                            self.walk(of, path, seen)
                elif target is None:
                    self.lines.append(f"use {path}::{inner['name']} = {inner['source']}")
                else:
                    self.place(f"{path}::{inner['name']}", target, seen)
            else:
                self.place(name, item, seen)

    def place(self, path, item, seen):
        (what, inner), = item["inner"].items()
        if (item["id"], path) in seen:
            return
        seen.add((item["id"], path))
        self.places.append((path, item))
        if what == "module":
            self.walk(inner, path, seen)

    def run(self, root):
        crate = self.item(root)
        self.walk(crate["inner"]["module"], crate["name"], set())
        for path, item in sorted(self.places, key=lambda p: (p[0].count("::"), "prelude" in p[0], p[0])):
            if item["id"] in self.shown:
                if "::prelude::" not in path:
                    self.lines.append(f"use {path} = {self.shown[item['id']]}")
                else:
                    self.lines.append(f"use {path}")
                continue
            self.shown[item["id"]] = path
            self.show(path, item)
        # typenum's numbers, U1 and so on, are one line.
        number = re.compile(r"(?:use|struct|type) (\S+)::U\d+\b(?! as)")
        found = [(line, number.match(line)) for line in set(self.lines)]
        self.lines = [line for line, match in found if not match]
        for path, count in collections.Counter(match[1] for _, match in found if match).items():
            self.lines.append(f"use {path}::U…, {count} numbers")
        # By path, whatever stands before it; implementations behind.
        path = re.compile(r"nanoprop\w*(?:::\w+)+")
        own = lambda line: (match[0] if (match := path.search(line)) else line)
        implementation = lambda line: line.startswith(("impl", "unsafe impl"))
        return sorted(self.lines, key=lambda line: (implementation(line), "" if implementation(line) else own(line), line))

    def show(self, path, item):
        (what, inner), = item["inner"].items()
        add = lambda line: self.lines.append(line)
        if what in ("struct", "enum", "union", "trait", "function", "macro"):
            self.example(what, path, item)
        if what == "module":
            add(f"mod {path}")
        elif what == "function":
            add(function(path, inner))
        elif what == "macro":
            add(f"macro {path}!")
        elif what == "constant":
            add(f"const {path}: {kind(inner['type'])}")
        elif what == "static":
            add(f"static {path}: {kind(inner['type'])}")
        elif what == "type_alias":
            params, where = generics(inner["generics"])
            right = kind(inner["type"])
            add(f"type {path}{params} = {right if len(right) < 300 else '…'}{where}")
        elif what in ("struct", "enum", "union"):
            params, where = generics(inner["generics"])
            closed = "#[non_exhaustive] " if "non_exhaustive" in json.dumps(item["attrs"]) else ""
            add(f"{closed}{what} {path}{params}{where}")
            if what == "struct":
                form = inner["kind"]
                if isinstance(form, dict) and "plain" in form:
                    self.fields(path, form["plain"]["fields"])
                elif isinstance(form, dict):
                    self.fields(path, [f for f in form["tuple"] if f is not None])
            elif what == "enum":
                for key in inner["variants"]:
                    self.variant(path, self.item(key))
            for key in inner["impls"]:
                self.implementation(path, self.item(key))
        elif what == "trait":
            params, where = generics(inner["generics"])
            more = f": {bounds(inner['bounds'])}" if inner["bounds"] else ""
            add(f"{'unsafe ' if inner['is_unsafe'] else ''}trait {path}{params}{more}{where}")
            for key in inner["items"]:
                self.member(path, self.item(key), provided=True)

    def fields(self, path, keys):
        for field in map(self.item, keys):
            if field is not None:
                self.lines.append(f"field {path}::{field['name']}: {kind(field['inner']['struct_field'])}")

    def variant(self, path, variant):
        form, name = variant["inner"]["variant"]["kind"], f"{path}::{variant['name']}"
        if isinstance(form, dict) and "tuple" in form:
            types = ", ".join(kind(self.item(k)["inner"]["struct_field"]) for k in form["tuple"] if k is not None)
            self.lines.append(f"variant {name}({types})")
        else:
            self.lines.append(f"variant {name}")
            if isinstance(form, dict):
                self.fields(name, form["struct"]["fields"])

    def implementation(self, path, item):
        if item is None:
            return
        inner = item["inner"]["impl"]
        if inner["is_synthetic"] or inner["blanket_impl"] is not None:
            return
        params, where = generics(inner["generics"])
        if inner["trait"]:
            unsafe = "unsafe " if inner["is_unsafe"] else ""
            trait = name(inner["trait"]["path"]) + args(inner["trait"]["args"])
            self.lines.append(f"{unsafe}impl{params} {trait} for {kind(inner['for'])}{where}")
            return
        for key in inner["items"]:
            self.member(path, self.item(key))

    def member(self, path, item, provided=False):
        if item is None:
            return
        (what, inner), = item["inner"].items()
        name = f"{path}::{item['name']}"
        if what == "function":
            has = "provided " if provided and inner["has_body"] else ""
            self.lines.append(has + function(name, inner))
            if not provided:
                self.example("method", name, item)
        elif what == "assoc_const":
            self.lines.append(f"const {name}: {kind(inner['type'])}")
        elif what == "assoc_type":
            more = f": {bounds(inner['bounds'])}" if inner["bounds"] else ""
            self.lines.append(f"type {name}{more}")

    def example(self, what, path, item):
        """Notes an item that has no example of its own and stands in none of another."""
        self.items += 1
        call = r"\b{}(::<|\(|!)" if what in ("method", "function", "macro") else r"\b{}\b"
        if "```" not in (item["docs"] or "") and not re.search(call.format(re.escape(item["name"])), self.examples):
            self.bare.append(f"{what} {path}")


def main():
    text, bare = [], []
    for crate in CRATES:
        documents = document(crate)
        surface = Surface(documents)
        text += [f"# {crate}", *surface.run(documents["root"]), ""]
        bare += [f"# {crate}: {len(surface.bare)} of {surface.items} in no example", *sorted(surface.bare), ""]
    if "--examples" in sys.argv:
        print("\n".join(bare))
        return
    text = "\n".join(text)
    if "--update" in sys.argv:
        SURFACE.write_text(text, encoding="utf-8")
        return
    found = SURFACE.read_text(encoding="utf-8") if SURFACE.exists() else ""
    if found != text:
        lines = difflib.unified_diff(found.splitlines(), text.splitlines(), "public-api.txt", "the code", n=0, lineterm="")
        print("\n".join(lines))
        sys.exit("the public surface has changed; if it is meant, say so in CHANGELOG.md and run .ci/api.py --update")


main()
