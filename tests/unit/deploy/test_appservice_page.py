"""docs/deploy-appservice.md: what its commands name is what the template takes and gives."""

import re
import shlex

from tests.unit.deploy.manifests import ROOT, dead_ends
from tests.unit.deploy.test_appservice import SOURCE, deployed, of_type

PAGE = ROOT / "docs" / "deploy-appservice.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```\n(.*?)^```$", TEXT, re.M | re.S)
    for line in re.sub(r"\\\n\s*", "", block).splitlines()
]


def test_the_commands_give_what_the_template_takes() -> None:
    required = {name for name, parameter in SOURCE["parameters"].items() if "defaultValue" not in parameter}
    given = [
        {word.partition("=")[0] for word in shlex.split(command.partition("--parameters ")[2])}
        for command in COMMANDS
        if "--parameters " in command
    ]
    assert len(given) == 2
    assert all(required <= names <= set(SOURCE["parameters"]) for names in given)


def test_the_commands_ask_for_what_the_template_gives() -> None:
    asked = set(re.findall(r"properties\.outputs\.([a-z]+)\.value(?:\.([a-z]+))?", TEXT))
    assert asked
    for output, part in asked:
        assert output in SOURCE["outputs"]
        assert not part or part in SOURCE["outputs"][output]["value"]


def test_what_the_commands_name_is_made() -> None:
    there = deployed()
    [network] = of_type("Microsoft.Network/virtualNetworks", there)
    names = {each["name"] for each in there.values()}
    assert set(re.findall(r"--subnet (\S+)", TEXT)) <= {each["name"] for each in network["properties"]["subnets"]}
    for suffix in re.findall(r'"\$root(-[a-z]+)?"', TEXT):
        assert f"{network['name']}{suffix}" in names


def test_the_table_is_the_templates() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", TEXT, re.M)
    assert [(name, text) for name, _, text in rows] == [
        (name, parameter["metadata"]["description"]) for name, parameter in SOURCE["parameters"].items()
    ]
    words = {None: "required", "": "none", "[resourceGroup().location]": "of the group"}
    for name, default, _ in rows:
        known = SOURCE["parameters"][name].get("defaultValue")
        assert default == words.get(known, f"`{known}`"), name


def test_what_the_page_names_is_there() -> None:
    assert dead_ends(PAGE) == []
