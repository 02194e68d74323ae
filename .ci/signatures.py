"""Signatures as they are written, from what rustdoc's JSON has of types, bounds and generics."""


def args(a):
    """What stands behind a path: `<A, B = C>` or `(A) -> B`."""
    if not a:
        return ""
    if "parenthesized" in a:
        a = a["parenthesized"]
        back = f" -> {kind(a['output'])}" if a["output"] else ""
        return f"({', '.join(map(kind, a['inputs']))}){back}"
    a = a.get("angle_bracketed", a)
    parts = []
    for part in a.get("args", []):
        if "lifetime" in part:
            parts.append(part["lifetime"])
        elif "type" in part:
            parts.append(kind(part["type"]))
        elif "const" in part:
            parts.append(part["const"]["expr"])
        else:
            parts.append("_")
    for c in a.get("constraints", []):
        binding = c["binding"]
        if "equality" in binding:
            term = binding["equality"]
            parts.append(f"{c['name']} = {kind(term['type']) if 'type' in term else term['constant']['expr']}")
        else:
            parts.append(f"{c['name']}: {bounds(binding['constraint'])}")
    return f"<{', '.join(parts)}>" if parts else ""


def name(path):
    """A path without what depends on the imports of the file that it stands in."""
    return path if path.split("::")[0] in ("core", "std", "alloc", "fmt", "io") else path.split("::")[-1]


def kind(t):
    """A type, as it is written."""
    if t is None:
        return "()"
    (what, t), = t.items() if isinstance(t, dict) else ((t, None),)
    if what == "resolved_path":
        return name(t["path"]) + args(t["args"])
    if what in ("generic", "primitive"):
        return t
    if what == "tuple":
        return f"({', '.join(map(kind, t))}{',' if len(t) == 1 else ''})"
    if what == "slice":
        return f"[{kind(t)}]"
    if what == "array":
        return f"[{kind(t['type'])}; {t['len']}]"
    if what == "borrowed_ref":
        return f"&{t['lifetime'] + ' ' if t['lifetime'] else ''}{'mut ' if t['is_mutable'] else ''}{kind(t['type'])}"
    if what == "raw_pointer":
        return f"*{'mut' if t['is_mutable'] else 'const'} {kind(t['type'])}"
    if what == "qualified_path":
        own = kind(t["self_type"])
        if not t.get("trait") or (own == "Self" and not t["trait"]["path"]):
            return f"{own}::{t['name']}{args(t['args'])}"
        return f"<{own} as {name(t['trait']['path'])}{args(t['trait']['args'])}>::{t['name']}{args(t['args'])}"
    if what == "impl_trait":
        return f"impl {bounds(t)}"
    if what == "dyn_trait":
        parts = [poly(b) for b in t["traits"]] + ([t["lifetime"]] if t["lifetime"] else [])
        return f"dyn {' + '.join(parts)}"
    if what == "function_pointer":
        return f"fn{signature(t)}"
    return "_" if what == "infer" else what


def poly(bound):
    names = ", ".join(p["name"] for p in bound["generic_params"])
    return (f"for<{names}> " if names else "") + name(bound["trait"]["path"]) + args(bound["trait"]["args"])


def bounds(them):
    parts = []
    for bound in them:
        if "trait_bound" in bound:
            mark = {"maybe": "?", "maybe_const": "~const "}.get(bound["trait_bound"]["modifier"], "")
            parts.append(mark + poly(bound["trait_bound"]))
        elif "outlives" in bound:
            parts.append(bound["outlives"])
        else:
            parts.append("use<…>")
    return " + ".join(parts)


def generics(g):
    """`<…>`, and `where …`."""
    parts = []
    for p in g["params"]:
        (what, k), = p["kind"].items()
        if what == "lifetime":
            parts.append(p["name"] + (f": {' + '.join(k['outlives'])}" if k["outlives"] else ""))
        elif what == "const":
            parts.append(f"const {p['name']}: {kind(k['type'])}" + (f" = {k['default']}" if k["default"] else ""))
        elif not k["is_synthetic"]:
            parts.append(p["name"] + (f": {bounds(k['bounds'])}" if k["bounds"] else "")
                         + (f" = {kind(k['default'])}" if k["default"] else ""))
    where = []
    for p in g["where_predicates"]:
        (what, p), = p.items()
        if what == "bound_predicate":
            where.append(f"{kind(p['type'])}: {bounds(p['bounds'])}")
        elif what == "lifetime_predicate":
            where.append(f"{p['lifetime']}: {' + '.join(p['outlives'])}")
        else:
            where.append(f"{kind(p['lhs'])} = {kind(p['rhs'].get('type'))}")
    return f"<{', '.join(parts)}>" if parts else "", f" where {', '.join(where)}" if where else ""


def signature(f):
    sig = f["sig"]
    inputs = []
    for name, t in sig["inputs"]:
        text = kind(t)
        own = {"Self": "self", "&Self": "&self", "&mut Self": "&mut self"}
        inputs.append(own[text] if name == "self" and text in own else f"{name}: {text}")
    return f"({', '.join(inputs)})" + (f" -> {kind(sig['output'])}" if sig["output"] else "")


def function(path, f):
    header = f["header"]
    words = "".join(f"{word} " for word, on in [("const", header["is_const"]), ("unsafe", header["is_unsafe"])] if on)
    params, where = generics(f["generics"])
    return f"{words}fn {path}{params}{signature(f)}{where}"
