#!/usr/bin/env python3
"""Runs the commands of a document against a server and compares its answers with the document's.

usage: run_api_doc.py DOCUMENT        with HAVEN_URL (and what else the document asks for) set

Every fenced block `sh` is run, in order, in one bash -euo pipefail. A block `json` that follows it
is what it writes to its standard output: the string "..." stands for any value; as the last item
of an array, for any more items; as a member's name, for any more members.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FENCE = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIMIT_S = 200


def differences(expected, actual, at=""):
    """Sentences that say where the answer is not what was expected."""
    if expected == "...":
        return []
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = [f"{at}/{name} is missing" for name in expected.keys() - actual.keys() - {"..."}]
        if "..." not in expected:
            found += [f"{at}/{name} is not expected" for name in actual.keys() - expected.keys()]
        for name in expected.keys() & actual.keys():
            found += differences(expected[name], actual[name], f"{at}/{name}")
        return sorted(found)
    if isinstance(expected, list) and isinstance(actual, list):
        more = expected[-1:] == ["..."]
        known = expected[:-1] if more else expected
        if len(actual) < len(known) or (len(actual) > len(known) and not more):
            return [f"{at} has {len(actual)} items, not {len(known)}"]
        return [text for i, item in enumerate(known)
                for text in differences(item, actual[i], f"{at}/{i}")]
    if type(expected) is type(actual) and expected == actual:
        return []
    return [f"{at or 'the answer'} is {json.dumps(actual)}, not {json.dumps(expected)}"]


def blocks_of(text):
    """(language, line of its first line, content) of each block."""
    return [(match[1], text.count("\n", 0, match.start(2)) + 1, match[2])
            for match in FENCE.finditer(text)]


def run_blocks(blocks, name, directory):
    """The standard output of each block that was begun; what bash said; its exit status."""
    # A command that fails inside a function is told at the line of the document that called it.
    script = ["set -Eeuo pipefail",
              "tell() { local i line=$1; for ((i = 1; i < ${#FUNCNAME[@]}; i++)); do",
              "[[ ${FUNCNAME[i]} == source ]] && break; line=${BASH_LINENO[i]}; done;",
              f'echo "{name}:$line: failed: $2" >&2; }}',
              "trap 'tell $LINENO \"$BASH_COMMAND\"' ERR"]
    for line, content in blocks:
        file = directory / f"{line}.sh"
        # Empty lines before it: so bash counts the lines as the document does.
        file.write_text("\n" * (line - 1) + content)
        script.append(f'source "{file}" >"{directory}/{line}.out" </dev/null')
    ended = subprocess.run(["bash", "-c", "\n".join(script)], cwd=directory, text=True,
                           stderr=subprocess.PIPE, timeout=LIMIT_S, check=False)
    outputs = {line: file.read_text() for line, _ in blocks
               if (file := directory / f"{line}.out").exists()}
    return outputs, ended.stderr, ended.returncode


def main():
    document = Path(sys.argv[1])
    if "HAVEN_URL" not in os.environ:
        sys.exit("run_api_doc.py: HAVEN_URL says nowhere which server is meant")
    blocks = blocks_of(document.read_text())
    commands = [(line, content) for language, line, content in blocks if language == "sh"]
    with tempfile.TemporaryDirectory(prefix="haven-api-doc-") as directory:
        outputs, said, status = run_blocks(commands, document.name, Path(directory))
    faults = []
    compared = 0
    for (language, line, content), before in zip(blocks[1:], blocks):
        if language != "json" or before[0] != "sh" or before[1] not in outputs:
            continue
        compared += 1
        output = outputs[before[1]]
        try:
            found = differences(json.loads(content), json.loads(output))
        except ValueError as error:
            found = [f"no JSON: {error}"]
        faults += [f"{document.name}:{line}: {text}" for text in found]
        if found:
            faults.append(f"  the answer of line {before[1]}: {output.strip()}")
    if status != 0:
        faults += [said.strip(), f"{document.name}: bash ended with {status}"]
        if outputs:
            last = max(outputs)
            faults.append(f"  the output of the block at line {last}: {outputs[last].strip()}")
    print("\n".join(faults) or
          f"{document.name}: {len(commands)} blocks ran, {compared} answers are as written")
    return 1 if faults or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
