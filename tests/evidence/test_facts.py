"""What is known of one Python file, one notebook, one manifest, and what kind a repository is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.evidence import Kind
from evidence.manifests import NotAManifest, is_lock, is_manifest, pin_of, read_manifest
from evidence.notebook import read_notebook, without_magics
from evidence.python_source import OPAQUE, Reference, Result, read_python
from evidence.repository import role_of
from evidence.syntax import NotPython
from tests.evidence.making import notebook, repository_of


def python(text):
    return read_python(text, path="a.py", role="source")


def the_call(text, name):
    return next(call for call in python(text).calls if call.name == name)


class TestPython:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("import pandas as pd\npd.read_csv('x')", "pandas.read_csv"),
            (
                "from sklearn.model_selection import train_test_split as tts\ntts(x)",
                "sklearn.model_selection.train_test_split",
            ),
            ("import a.b\na.b.c(x)", "a.b.c"),
            ("Scaler().fit(x)", "Scaler().fit"),
            ("a[0].fit(x)", "a.fit"),
            ("f(1)(2).g(x)", "f()().g"),
            ("from . import b\nb.c()", ".b.c"),
            ("async def f():\n    await client.get(x)", "client.get"),
        ],
    )
    def test_a_call_is_named_in_full(self, text, name):
        assert name in [call.name for call in python(text).calls]

    def test_a_call_keeps_what_it_was_given(self):
        call = the_call("x = f('a', 2, -3.5, None, name, df['c'], df[0], g(1), f'{a}/b', [1], k=1, **more)", "f")
        assert call.arguments == (
            "a", 2, -3.5, None, Reference("name"), Reference("df"), Reference("df", True), Result("g"), "{}/b", OPAQUE,
        )  # fmt: skip
        assert (call.keywords, call.targets, call.line) == ({"k": 1, "**": Reference("more")}, ("x",), 1)

    def test_calls_come_in_the_order_of_the_source(self):
        text = "a(b(1), c(2))\nif x:\n    d()\nelse:\n    e()\nfor i in f():\n    g()\n"
        assert [call.name for call in python(text).calls] == list("abcdefg")

    def test_the_outer_call_makes_the_name(self):
        assert python("model = Pipeline([('s', Scaler()), ('m', Ridge())])").makers() == {"model": "Pipeline"}

    @pytest.mark.parametrize(
        ("text", "optional", "lazy"),
        [
            ("import a", False, False),
            ("try:\n    import a\nexcept ImportError:\n    a = None", True, False),
            ("if TYPE_CHECKING:\n    import a", True, False),
            ("def f():\n    import a", False, True),
            ("try:\n    x()\nfinally:\n    pass\nimport a", False, False),
            ("class A:\n    import a", False, False),
        ],
    )
    def test_an_import_is_sure_optional_or_lazy(self, text, optional, lazy):
        (record,) = python(text).imports
        assert (record.module, record.optional, record.lazy) == ("a", optional, lazy)

    def test_a_text_carries_the_name_it_is_given_to(self):
        texts = python(
            "path = '/data/one'\nf(path='/data/two')\nd = {'path': '/data/three'}\n"
            "def g(path='/data/four'):\n    '''a docstring / with a slash'''\n    return ['/data/five']\n"
            "os.environ['path'] = '/data/six'\n"
        ).texts
        assert [(text.text, text.name) for text in texts if text.name or "five" in text.text] == [
            ("/data/one", "path"), ("/data/two", "path"), ("/data/three", "path"), ("/data/four", "path"),
            ("/data/five", ""), ("/data/six", "path"),
        ]  # fmt: skip
        assert not any("docstring" in text.text for text in texts)

    def test_numbers_are_kept_with_how_they_were_given(self):
        found = python("a = 1\nb: int = 2\nf(c=3)\nif score > 0.5: pass\ndef g(d=4): pass\nx = {'e': 5}").settings
        assert {(one.name, one.value, one.place) for one in found} == {
            ("a", 1, "assigned"), ("b", 2, "declared"), ("c", 3, "passed"), ("score", 0.5, "compared"),
            ("d", 4, "default"), ("e", 5, "assigned"),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("body", "silent"),
        [
            ("pass", True),
            ("return None", True),
            ("print(e)", True),
            ("x = 0", True),
            ("raise", False),
            ("log.exception('x')", False),
            ("return str(e)", False),
            ("self.record_failure()", False),
            ("if x:\n            raise ValueError", False),
        ],
    )
    def test_a_handler_is_silent_unless_it_raises_logs_or_hands_on(self, body, silent):
        (handler,) = python(f"def f():\n    try:\n        g()\n    except Exception as e:\n        {body}\n").handlers
        assert (handler.silent, handler.guards) == (silent, ("g",))

    def test_handlers_of_named_errors_are_no_broad_ones(self):
        assert python("try:\n    f()\nexcept (KeyError, ValueError):\n    pass").handlers == ()

    @pytest.mark.parametrize(
        ("body", "complexity"),
        [
            ("pass", 1),
            ("if a: b()\n    elif c: d()\n    else: e()", 3),
            ("for a in b: c()\n    else: d()", 3),
            ("while a and b or c: d()", 4),
            ("try: a()\n    except B: c()\n    except D: e()\n    else: f()\n    finally: g()", 4),
            ("return [a for a in b if c if d]", 4),
            ("return a if b else c", 2),
            ("assert a, b", 2),
            ("with a: b()", 1),
            ("match a:\n        case 1: b()\n        case 2: c()\n        case _: d()", 3),
            ("match a:\n        case 1: b()\n        case 2: c()", 3),
            ("def g():\n        if a: b()\n    return g", 1),
        ],
    )
    def test_a_function_counts_the_ways_its_flow_can_turn(self, body, complexity):
        file = python(f"def f():\n    {body}\nif x: y()\n")
        assert file.functions[0].complexity == complexity
        assert file.turns == 1
        assert file.complexity == 1 + sum(function.complexity for function in file.functions)

    def test_only_comments_admit_debt_and_their_text_is_not_kept(self):
        file = python(
            '# TODO(joe): this one\nx = \'# TODO not this\'  # fixme and this\ny = """\n# XXX nor this\n"""\n'
            "# all todos done, nothing to hack away\nz = 'it\\'s # HACK'  # a workaround for it\n"
        )
        assert file.admitted == ((1, "TODO"), (2, "FIXME"), (7, "workaround"))

    @pytest.mark.parametrize(
        ("comment", "marker"),
        [
            ("TODO", "TODO"), ("todo: later", "TODO"), ("FIXME", "FIXME"), ("HACK", "HACK"), ("hacky", "HACK"),
            ("an ugly hack", "HACK"), ("XXX", "XXX"), ("work-around", "workaround"), ("kludge", "kludge"),
            ("temporary fix", "temporary"), ("quick and dirty", "temporary"), ("tech debt", "technical debt"),
            ("a todo list", None), ("hackathon", None), ("xxx", None), ("temporary file", None), ("TODO-list", None),
        ],
    )  # fmt: skip
    def test_debt_is_admitted_in_words_that_mean_nothing_else(self, comment, marker):
        assert python(f"x = 1  # {comment}\n").admitted == (((1, marker),) if marker else ())

    @pytest.mark.parametrize(
        ("change", "same"),
        [
            ((), True),
            (("frame", "table"), True),
            (("'price'", "'cost'"), True),
            (("def clean", "def tidy"), True),
            (("    frame =", "    \'\'\'Cleans.\'\'\'\n    frame ="), True),
            (("dropna", "fillna"), False),
            (("    rows = len(frame)\n", ""), False),
        ],
    )  # fmt: skip
    def test_functions_that_differ_in_names_and_values_only_have_one_shape(self, change, same):
        text = (
            "def clean(frame, log):\n    frame = frame.dropna()\n    rows = len(frame)\n"
            "    frame['price'] = frame['price'].astype(float)\n    for name in frame.columns:\n"
            "        if name.startswith('x_'):\n            log.info(name, rows + 1)\n"
            "            del frame[name]\n    return frame.sort_values('price')\n"
        )
        shape = python(text).functions[0].shape
        assert shape
        assert (python(text.replace(*change) if change else text + text).functions[-1].shape == shape) is same

    def test_a_short_function_has_no_shape(self):
        assert python("def f(a):\n    b = g(a)\n    return h(b, i(a))\n").functions[0].shape == 0

    def test_a_long_list_of_texts_is_kept_without_them(self):
        words = ", ".join(f"'column_{number}'" for number in range(9))
        lists = python(f"FEATURES = [{words}]\nx = df[[{words}]]\nf(columns=[{words}])\ny = [{words}, z]").text_lists
        assert [(one.name, one.length, one.line, one.chooses) for one in lists] == [
            ("FEATURES", 9, 1, False), ("df", 9, 2, True), ("columns", 9, 3, False),
        ]  # fmt: skip
        assert len({one.content for one in lists}) == 1
        assert "column_1" not in repr(lists)

    def test_a_write_to_rows_chosen_by_a_condition_and_then_a_column_is_seen(self):
        text = "df[df.a > 1]['b'] = 2\ndf.loc[df.a > 1, 'b'] = 2\nd['a']['b'] = 2\ndf[~(df.a == 1) & c]['b'] = 2\n"
        assert python(text).masked_writes == (1, 4)

    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("if False:\n    f()", (1,)),
            ("if 0: f()", (1,)),
            ("USE_OLD = False\nif USE_OLD:\n    f()", (2,)),
            ("USE_OLD = False\nUSE_OLD = read()\nif USE_OLD:\n    f()", ()),
            ("def g():\n    found = False\n    if found: f()", ()),
            ("class A:\n    on = False\nif on: f()", ()),
            ("try:\n    import a\n    has_a = True\nexcept ImportError:\n    has_a = False\nif has_a: f()", ()),
            ("profile = False\nexec(open('settings.py').read())\nif profile: f()", ()),
            ("if TYPE_CHECKING:\n    import a", ()),
            ("if True: f()", ()),
        ],
    )
    def test_code_that_a_constant_switches_off_is_seen(self, text, lines):
        assert python(text).switched_off == lines

    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("# x = load(1)\n# y = x.fit()\n", (1, 2)),
            ("# the old way\n# x = load(1)\n# y = x.fit()\n", (2, 3)),
            ("# for a in b:\n#     f(a)\n", (1, 2)),
            ("# x = load(1)\n", ()),
            ("# y = a * x + b\n# z = y ** 2\n", ()),
            ("# import\n# return\n", ()),
            ("# Loads the model\n# and returns it.\n", ()),
            ('x = """\n# x = load(1)\n# y = x.fit()\n"""\n', ()),
            ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n", ()),
            ("# noqa: E501\n# type: ignore\n", ()),
        ],
    )
    def test_code_in_comments_is_told_from_prose_and_formulas(self, text, lines):
        assert python(text).commented == lines

    @pytest.mark.parametrize("line", ["#", "# ", "#x=1", "# f(", "# )", "#'", '# """', "# TOD"])
    def test_a_line_of_a_million_signs_is_read_once(self, line):
        file = python("x = 1\n" + line * (1_000_000 // len(line)) + "\n# y = f(1)\n")
        assert (file.admitted, file.lines) == ((), 4)

    def test_the_decorators_of_functions_are_named_in_full(self):
        text = "import chainlit as cl\n@cl.on_message\n@retry(3)\ndef f(): ...\n@property\ndef g(a): ...\n"
        assert python(text).decorators == ("chainlit.on_message", "retry", "property")

    def test_environment_reads_and_the_script_mark_are_seen(self):
        file = python(
            "import os\na = os.environ['A']\nb = os.getenv('B')\nos.environ['C'] = 'd'\nif __name__ == '__main__': f()"
        )
        assert (file.environment_reads, file.environment_writes, file.is_script) == ((2, 3), (("C", 4),), True)

    @pytest.mark.parametrize(
        "text",
        [
            "def f(:",
            "print 'two'",
            "x = '\0'",
            b"\xff\xfe\x00x",
            "(" * 100_000,
            "-" * 200_000 + "1",
            "a" + ".b" * 50_000,
            "1" + "+1" * 50_000,
            "f" + "()" * 50_000,
            "if x:\n    pass\n" + "elif x:\n    pass\n" * 20_000,
            "x = " + "9" * 5_000_000,
            "[]," * (MIB_THIRD := 349_525),
            b"# -*- coding: no-such-coding -*-\nx = 1",
        ],
        ids=[
            "syntax", "python 2", "nul", "no text", "brackets", "signs", "attributes", "sum", "calls", "branches",
            "digits", "a MiB of lists", "unknown coding",
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_gets_a_plain_reason(self, text):
        with pytest.raises(NotPython) as caught:
            python(text)
        assert 3 < len(str(caught.value)) < 80
        assert "Error" not in str(caught.value)

    def test_new_syntax_is_walked_through(self):
        text = (
            "match x:\n    case {'a': 1, **rest}: f(1)\n    case [1, *_] | None: f(2)\n    case P(a=1): f(3)\n"
            "try:\n    f(4)\nexcept* ValueError:\n    f(5)\n"
            "with open(x) as g, h() as i:\n    f(6)\nasync def j():\n    async for k in l():\n"
            "        yield [m async for m in n()]\n"
            "global_ = lambda o=f(7), *p, q=1, **r: f(8)\nif (s := f(9)): ...\nt: int\ndel u[f(10)]\nassert v, f(11)\n"
        )
        assert [call.arguments[0] for call in python(text).calls if call.name == "f"] == list(range(1, 12))

    @given(st.text(alphabet="abf(){}[].=:,+-'\"\n 1if", max_size=200))
    @settings(max_examples=300, deadline=None)
    def test_any_text_is_read_or_refused_with_a_reason(self, text):
        try:
            python(text)
        except NotPython as problem:
            reason = str(problem)
            assert reason


class TestNotebook:
    def read(self, text):
        return read_notebook(text.encode() if isinstance(text, str) else text, path="a.ipynb", role="source")

    def test_cells_are_one_file_and_a_line_is_a_cell(self):
        read = self.read(notebook(("import pandas as pd", 1), ("x = 1\npd.read_csv('x.csv')", 2)))
        (call,) = read.code.calls
        assert (call.name, call.line, read.executed) == ("pandas.read_csv", 2, ((1, 1), (2, 2)))

    @pytest.mark.parametrize(
        ("source", "plain"),
        [
            ("%matplotlib inline\nx = 1", "pass\nx = 1"),
            ("!pip install \\\n  a \\\n  b\nx = 1", "pass\n\n\nx = 1"),
            ("files = !ls\ny = %timeit f()", "pass\npass"),
            ("x?\nx.y??", "pass\npass"),
            ("if x:\n    !ls", "if x:\n    pass"),
            ("%%bash\nls -l", ""),
            ("%%time\nx = f()", "pass\nx = f()"),
            ("a = b % c\nd %= 2\nif a != b: pass", "a = b % c\nd %= 2\nif a != b: pass"),
        ],
    )
    def test_magics_are_stripped_and_lines_stay_in_place(self, source, plain):
        assert without_magics(source) == plain

    def test_a_broken_cell_is_counted_and_the_rest_read(self):
        read = self.read(notebook(("x = (", 1), ("f(1)", 2)))
        assert (read.broken_cells, len(read.code.calls)) == ((1,), 1)

    def test_another_language_is_not_read_as_python(self):
        read = self.read(notebook(("library(x)\nx <- 1", 1), language="R"))
        assert (read.broken_cells, read.language, read.code.calls) == ((), "r", ())

    @pytest.mark.parametrize(
        ("cells", "hidden"),
        [
            pytest.param(["x = 1", "x + 1"], [], id="given above"),
            pytest.param(["x + 1", "x = 1"], [(1, True)], id="given below"),
            pytest.param(["x = x + 1", "y = 2"], [(1, True)], id="given by the same line"),
            pytest.param(["x + 1", "y = 2"], [(1, False)], id="given nowhere"),
            pytest.param(["y(x)", "x", "z(x)"], [(1, False), (3, False)], id="each name is said once"),
            pytest.param(["x += 1", "y = 1"], [(1, True)], id="added to"),
            pytest.param(["a = [n for n in range(3)]", "n = 1"], [], id="a comprehension's own name"),
            pytest.param(["for n in range(3):\n    m = n\nm", "y"], [(2, False)], id="a loop gives names"),
            pytest.param(["def f():\n    return x", "x = 1\nf()"], [], id="a function runs later"),
            pytest.param(["class A:\n    y = x", "x = 1"], [], id="a class is not followed"),
            pytest.param(["from os import *", "path", "x"], [], id="a star import may give it"),
            pytest.param(["y", "from os import *", "y = 1"], [(1, True)], id="before the star import"),
            pytest.param(["%run setup.ipynb", "x"], [], id="a magic may give it"),
            pytest.param(["%autoreload 2", "x", "1"], [(2, False)], id="a quiet magic gives none"),
            pytest.param(["files = !ls", "files"], [], id="a shell line gives it"),
            pytest.param(["%time a, b = len('x'), 2", "a + b"], [], id="a timed line gives it"),
            pytest.param(["%%capture out\nprint(1)", "out"], [], id="a captured output"),
            pytest.param(["x = (", "y"], [], id="a broken cell may give it"),
            pytest.param(["try:\n    x\nexcept NameError:\n    x = 1", "x"], [], id="asked for with care"),
            pytest.param(["try:\n    x\nexcept KeyError:\n    pass", "1"], [(1, False)], id="another error"),
            pytest.param(["display(_)", "_12", "In", "print"], [], id="what every session has"),
            pytest.param(["with open('x') as f:\n    y = f.read()", "y", "f"], [], id="a with gives names"),
            pytest.param(["if (n := 3) > 2:\n    print(n)", "n"], [], id="a walrus"),
            pytest.param(["exec('x = 1')", "x"], [], id="executed text may give it"),
            pytest.param(["match 3:\n    case x:\n        x", "x"], [], id="a match gives names"),
        ],
    )
    def test_a_cell_that_uses_what_no_cell_above_gives_is_seen(self, cells, hidden):
        read = self.read(notebook(*((cell, None) for cell in cells)))
        assert [tuple(one) for one in read.hidden] == hidden

    def test_outputs_are_measured_and_errors_and_tables_found_in_them(self):
        def output(**shown):
            return {"cell_type": "code", "source": "x", "outputs": [shown]}

        cells = [
            output(output_type="stream", text=["ab", "c"]),
            output(output_type="error", evalue="no"),
            output(output_type="display_data", data={"text/html": ["<table>", "<td>1</td>", "</table>"]}),
            output(output_type="display_data", data={"text/html": "<table of contents>"}),
            {"cell_type": "code", "source": "x", "outputs": {"not": "a list"}},
            {"cell_type": "code", "source": "x", "outputs": [None, 3]},
        ]
        read = self.read(json.dumps({"cells": cells}))
        assert (read.error_cells, read.table_cells, read.output_bytes) == ((2,), (3,), 84)

    def test_the_longest_cell_is_known(self):
        read = self.read(notebook(("x = 1", 1), ("y = 1\n\nz = 2", 2)))
        assert (read.longest_cell, read.cells) == ((2, 2), 2)

    def test_the_old_format_is_read_too(self):
        cell = {"cell_type": "code", "input": ["f(1)"], "prompt_number": 4}
        read = self.read(json.dumps({"nbformat": 3, "worksheets": [{"cells": [cell]}]}))
        assert (read.executed, read.code.calls[0].name) == (((1, 4),), "f")

    @pytest.mark.parametrize(
        "text",
        ["", "[]", "{}", '{"cells": 1}', "[" * 100_000, b"\xff", '{"cells": [1, null, "x", {"cell_type": "code"}]}',
         '{"cells": [{"cell_type": "code", "source": {"a": 1}, "execution_count": "x"}]}'],
    )  # fmt: skip
    def test_what_is_no_notebook_gets_a_reason_and_odd_cells_are_passed_over(self, text):
        try:
            assert self.read(text).code_cells == 0
        except NotPython as problem:
            reason = str(problem)
            assert reason

    def test_a_huge_output_costs_no_facts(self):
        document = json.loads(notebook(("f(1)", 1)))
        document["cells"][0]["outputs"] = [{"data": {"image/png": "A" * 3_000_000}}]
        assert len(self.read(json.dumps(document)).code.calls) == 1


class TestManifest:
    @pytest.mark.parametrize(
        ("specifier", "pin"),
        [
            ("==1.2", "exact"), ("===1.2", "exact"), ("==1.*", "range"), (">=1,<2", "range"), ("~=1.2", "range"),
            ("", "none"), ("*", "none"), ("^1.2", "range"), ("1.2.3", "exact"), ("@ git+https://x", "source"),
            ("==1.2 ; python_version<'3'", "exact"), ("(==1.2)", "exact"), ("<2", "range"),
        ],
    )  # fmt: skip
    def test_how_firmly_a_version_is_fixed(self, specifier, pin):
        assert pin_of(specifier) == pin

    @pytest.mark.parametrize(
        ("path", "text", "wanted"),
        [
            pytest.param(
                "requirements.txt",
                "# all\npandas==2 \\\n  --hash=sha256:ab\nnumpy>=1  # why\n-r other.txt\n\nscipy[all]\n-e .\ngit+https://h/a/b.git@c\n",
                [("pandas", "exact", 2), ("numpy", "range", 4), ("scipy", "none", 7), ("b", "source", 9)],
                id="requirements",
            ),
            pytest.param(
                "pyproject.toml",
                "[project]\ndependencies = [\n 'pandas==2',\n 'numpy',\n]\n"
                "[project.optional-dependencies]\ndev=['pytest']\n",
                [("pandas", "exact", 3), ("numpy", "none", 4)],
                id="PEP 621",
            ),
            pytest.param(
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = '^3.11'\npandas = '^2'\nnumpy = '1.26.4'\nown = {git='https://h/x'}\n"
                "[tool.poetry.group.dev.dependencies]\npytest='*'\n",
                [("pandas", "range", 3), ("numpy", "exact", 4), ("own", "source", 5)],
                id="poetry",
            ),
            pytest.param(
                "Pipfile",
                "[packages]\npandas = '*'\nnumpy = '==1.26'\n",
                [("pandas", "none", 2), ("numpy", "exact", 3)],
                id="Pipfile",
            ),
            pytest.param(
                "setup.cfg",
                "[metadata]\nname = x\n[options]\ninstall_requires =\n  pandas>=2\n  numpy\n",
                [("pandas", "range", 5), ("numpy", "none", 6)],
                id="setup.cfg",
            ),
            pytest.param(
                "setup.py",
                "R = [\n 'pandas==2',\n]\nsetup(install_requires=R, extras_require={'x': ['y']})\n",
                [("pandas", "exact", 2)],
                id="setup.py",
            ),
            pytest.param(
                "environment.yml",
                "name: x\ndependencies:\n  - python=3.11\n  - pandas=2.2.2\n  - conda-forge::numpy>=1\n"
                "  - pip:\n    - torch==2.4\n    - tqdm\n",
                [("pandas", "exact", 4), ("numpy", "range", 5), ("torch", "exact", 7), ("tqdm", "none", 8)],
                id="conda",
            ),
            pytest.param(
                "pixi.toml",
                "[dependencies]\npython = '>=3.11'\npandas = '==2.2.2'\n[feature.dev.dependencies]\nruff = '*'\n",
                [("pandas", "exact", 3)],
                id="pixi",
            ),
            pytest.param(
                "pyproject.toml",
                "[tool.poetry.dependencies]\npandas = '^2'\nboto3 = {version = '^1', optional = true}\n",
                [("pandas", "range", 2)],
                id="poetry, an optional one",
            ),
        ],
    )
    def test_what_is_needed_is_read_with_its_line(self, path, text, wanted):
        found = [one for one in read_manifest(text, path) if not one.extra]
        assert [(one.name, one.pin, one.line) for one in found] == wanted

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("pyproject.toml", "[project.optional-dependencies]\na = ['ruff']\n"),
            ("pyproject.toml", "[dependency-groups]\na = ['ruff', {include-group = 'b'}]\nb = []\n"),
            ("pyproject.toml", "[tool.uv]\ndev-dependencies = ['ruff']\n"),
            ("pyproject.toml", "[tool.pdm.dev-dependencies]\na = ['ruff']\n"),
            ("pyproject.toml", "[tool.hatch.envs.lint]\ndependencies = ['ruff']\n"),
            ("pyproject.toml", "[tool.poetry.group.dev.dependencies]\nruff = '*'\n"),
            ("pyproject.toml", "[tool.pixi.feature.a.pypi-dependencies]\nruff = '*'\n"),
            ("Pipfile", "[dev-packages]\nruff = '*'\n"),
            ("Pipfile", "[packages]\n[checks]\nruff = '*'\n"),
            ("setup.cfg", "[options.extras_require]\na =\n  ruff\n"),
            ("setup.py", "setup(extras_require={'a': ['ruff']})\n"),
            ("setup.py", "E = {'a': ['ruff']}\nsetup(extras_require=E)\n"),
            ("requirements-dev.txt", "ruff\n"),
            ("requirements/test.in", "ruff\n"),
            ("environment-dev.yml", "dependencies:\n  - ruff\n"),
            ("ci_dependencies.yml", "dependencies:\n  - pip:\n    - ruff\n"),
        ],
        ids=str,
    )
    def test_what_is_not_needed_to_run_is_marked_as_extra(self, path, text):
        assert is_manifest(path)
        assert [(one.name, one.extra) for one in read_manifest(text, path)] == [("ruff", True)]

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("pyproject.toml", "[project"),
            ("setup.cfg", "no section"),
            ("setup.py", "def f(:"),
            ("pyproject.toml", "a=" + "[" * 9000),
        ],
    )
    def test_a_broken_manifest_gets_a_plain_reason(self, path, text):
        with pytest.raises(NotAManifest):
            read_manifest(text, path)

    @given(
        st.sampled_from(["requirements.txt", "pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "environment.yml"]),
        st.text(alphabet="[]project.dependencies=\"'\n -:{}>=12abc,", max_size=150),
    )
    @settings(max_examples=300, deadline=None)
    def test_any_manifest_is_read_or_refused(self, path, text):
        try:
            read_manifest(text, path)
        except NotAManifest as problem:
            reason = str(problem)
            assert reason

    @pytest.mark.parametrize(
        ("path", "manifest", "lock"),
        [
            ("requirements.txt", True, False), ("requirements-dev.txt", True, False), ("req/a.in", False, False),
            ("poetry.lock", False, True), ("a/uv.lock", False, True), ("requirements.lock", False, True),
            ("environment-gpu.yaml", True, False), ("src/environment.py", False, False), ("notes.txt", False, False),
        ],
    )  # fmt: skip
    def test_which_files_are_manifests_and_locks(self, path, manifest, lock):
        assert (is_manifest(path), is_lock(path)) == (manifest, lock)


class TestRepository:
    @pytest.mark.parametrize(
        ("path", "role"),
        [
            ("src/train.py", "source"), ("tests/test_a.py", "test"), ("pkg/a_test.py", "test"), ("conftest.py", "test"),
            ("test.py", "test"), ("docs/conf.py", "example"), ("examples/a/train.py", "example"), ("setup.py", "build"),
            ("contest.py", "source"), ("latest/model.py", "source"), (".github/x.py", "build"),
        ],
    )  # fmt: skip
    def test_what_a_file_is_there_for(self, path, role):
        assert role_of(path) == role

    @pytest.mark.parametrize(
        ("files", "kind"),
        [
            ({"train.py": "x = 1", "Dockerfile": ""}, Kind.APPLICATION),
            (
                {"pyproject.toml": "[project]\nclassifiers=['Programming Language :: Python']", "docs/conf.py": ""},
                Kind.LIBRARY,
            ),
            ({"pyproject.toml": "[project]\nname='x'", "src/x/a.py": ""}, Kind.APPLICATION),
            ({"pyproject.toml": "[project]\nname='x'", "PKG-INFO": "", "src/x/a.py": ""}, Kind.LIBRARY),
            ({"a.ipynb": notebook(("x = 1\ny = 2\nz = 3", 1)), "b.py": "x = 1\n"}, Kind.NOTEBOOKS),
            ({"copier.yml": "", "train.py": ""}, Kind.TEMPLATE),
            ({"readme.txt": ""}, Kind.APPLICATION),
        ],
    )  # fmt: skip
    def test_the_kind_is_told_with_its_reason(self, files, kind):
        repository = repository_of(files)
        assert repository.kind is kind
        assert repository.notes[0].startswith("Taken for a")

    def test_own_names_are_first_party_wherever_they_lie(self):
        repository = repository_of(
            {
                "src/churn/__init__.py": "",
                "src/churn/a.py": "",
                "tools.py": "",
                "jobs/run.py": "import helper\nimport numpy\n",
                "jobs/helper.py": "",
            }
        )
        (run,) = [file for file in repository.python if file.path == "jobs/run.py"]
        assert {"churn", "tools"} <= repository.first_party
        assert [record.module for record in repository.imports_of(run)] == ["numpy"]

    def test_a_file_that_is_too_large_is_named_and_not_read(self):
        repository = repository_of({"big.py": "x = 1\n" * 100_000, "a.py": "y"})
        assert [(one.path, one.reason) for one in repository.unparsed] == [
            ("big.py", "larger than 512 KiB, so not read")
        ]

    def test_one_bad_file_does_not_stop_the_rest(self):
        repository = repository_of({"a.py": "def f(:", "b.py": "x()", "c.ipynb": "{", "pyproject.toml": "["})
        assert [one.path for one in repository.unparsed] == ["a.py", "c.ipynb", "pyproject.toml"]
        assert len(repository.python) == 1

    def test_lines_are_counted_by_language(self):
        repository = repository_of(
            {"a.py": "x\ny", "q.sql": "select 1;\n", "n.ipynb": notebook(("x = 1\n\n%pwd\n", 1))}
        )
        assert dict(repository.lines_by_language) == {"Python": 2, "SQL": 2, "Jupyter notebook": 2}
