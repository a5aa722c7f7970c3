"""Many spellings of one text become one, and every character keeps its place in the original text."""

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnnsent.checkpoint.checkpoint import Checkpoint
from rnnsent.checkpoint.store import BUNDLED
from rnnsent.data.emoticons import EMOTICONS
from rnnsent.data.normalization import STEPS, is_plain
from rnnsent.data.substitution import normalize, normalize_with_spans
from rnnsent.predictor import Predictor

LEVELS = tuple(STEPS)
FRAGMENTS = (
    "isn’t", "n\ufffdt", "don''t", "can\\'t", "it`s", "“yes”", "&amp;nbsp;", "&#39;", "&lt;p&gt;", "&", "<br />", "<b>", "<!--",
    "-->", "<a href='x'>", "<3", "a < b", "http://x.y/z.", "www.a.b", "@name", "a@b.c", "â€™", "Ã©", "Ã¢â‚¬â„¢", "ï»¿", "\u200b", "\u200d",
    "\ufe0f", "👩\u200d👧", "👍🏽", "🇩🇪", "🇩", ":-)", ":(", "xD", "10:30", ":", ")", "-", "\x92", "\x85", "\xa0", "\ud800", "é", "電", " ", "t", "n",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.characters()), max_size=12).map("".join)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(TEXTS, st.sampled_from(LEVELS))
@example("👩\u200d👩\u200d👧 isn\u200b’t <b>&amp;lt;br&gt;", "full")
def test_spans(text: str, level: str) -> None:
    """Both drivers return the same text; spans are in order, and inside the original text."""
    normalized, spans = normalize_with_spans(text, STEPS[level])
    assert normalized == normalize(text, STEPS[level])
    assert len(spans) == len(normalized)
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(TEXTS, st.sampled_from(LEVELS))
def test_cheap_tests(text: str, level: str) -> None:
    """No step is skipped whose pattern matches."""
    assert [step for step in STEPS[level] if step.pattern.search(text) and not step.is_needed(text)] == []


@settings(deadline=None, derandomize=True, max_examples=1_000)
@given(st.one_of(TEXTS, st.text(st.characters(max_codepoint=127)), st.sampled_from([*EMOTICONS.values(), ":D", "XD"])))
@example("isn\\'t")
@example("isn''t")
@example("WWW.A.B")
@example("T_T")
def test_is_plain(text: str) -> None:
    """A text that all steps are skipped for is changed by none of them."""
    if is_plain(text):
        assert [normalize(text, STEPS[level]) for level in LEVELS] == [text] * len(LEVELS)
        assert "#" not in text


def test_most_text_is_plain() -> None:
    assert is_plain('It wasn\'t the best hotel (not even close), but $90 a night is fair, and "breakfast" was OK!')


@settings(deadline=None, derandomize=True)
@given(st.text(st.sampled_from("abc XYZ.,!?012\n"), max_size=40), st.sampled_from(LEVELS))
def test_plain_text(text: str, level: str) -> None:
    """Plain text stays as it is."""
    assert normalize_with_spans(text, STEPS[level]) == (text, [(i, i + 1) for i in range(len(text))])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("isn’t isn‘t isnʼt isn´t isn`t isn′t isn＇t isn‛t isnʹt isnꞌt isnʻt", " ".join(["isn't"] * 11)),
        ("isn\x91t isn\x92t isn\\'t isn\\\\'t isn''t isn’’t isn\u200b’\u200bt", " ".join(["isn't"] * 7)),
        ("isn\ufffdt ISN\ufffdT but\ufffdt n\ufffdto", "isn't ISN'T but\ufffdt n\ufffdto"),
        ("5’10 80’s a\\b `code`", "5'10 80's a\\b `code`"),
        ("“Fine,” he said. ‘No’ rock ’n’ roll", "\"Fine,\" he said. 'No' rock 'n' roll"),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_apostrophes(text: str, expected: str, level: str) -> None:
    """Apostrophes and quotes have one spelling."""
    assert normalize(text, STEPS[level]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It&#39;s &quot;ok&quot; &rsquo;til 5&nbsp;pm", "It's \"ok\" 'til 5 pm"),
        ("a&amp;nbsp;b&amp;amp;nbsp;c &amp; d &amp e", "a b c & d & e"),
        ("AT&T Q&A; x&y &unknown; a && b", "AT&T Q&A; x&y &unknown; a && b"),
        ("<p>Great&nbsp;phone</p>", " Great phone "),
        ("a<br/>b<BR >c</div><a href=\"x\">d<!-- <3 -->e<h1 class='y'>", "a b c  d e "),
        ("a < b > c <user> <a or b> x<y <!-- no end", "a < b > c <user> <a or b> x<y <!-- no end"),
        ("&lt;p&gt;fine&lt;/p&gt;", " fine "),
        ("cafÃ© isnâ€™t â€œbadâ€\x9d Ã¢â‚¬â„¢ ï»¿ok", "café isn't \"bad\" ' ok"),
        ("São Tomé, “CAFÉ”, naïve… Ñandú »é«", 'São Tomé, "CAFÉ", naïve… Ñandú »é«'),
        ("go\u00adod\u200b fi\u200clm\ufeff \u200eok\u2060 ❤️ 👍🏽 1️⃣", "good film ok ❤ 👍 1"),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_markup(text: str, expected: str, level: str) -> None:
    """Character references, tags, mojibake and invisible characters are read as what they stand for."""
    assert normalize(text, STEPS[level]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.com/great-product.", "see  ."),
        ("(http://a.b/c?d=e&f) www.good.com/bad/ HTTPS://T.CO/x", "( )    "),
        ("http:// www. wwwgood awww.good", "http:// www. wwwgood awww.good"),
        ("@great_airline why, .@you?", "  why, . ?"),
        ("me@example.com @ 5 a@b @5pm", "me@example.com @ 5 a@b @5pm"),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_links(text: str, expected: str, level: str) -> None:
    """Links and user names are removed, and e-mail addresses stay."""
    assert normalize(text, STEPS[level]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("👩\u200d👩\u200d👧 🤷🏽\u200d♀️ ❤️\u200d🔥 🏳️\u200d🌈", "👩 🤷 ❤ 🏳"),
        ("🇩🇪🇫🇷 🇩", "🏳🏳 🇩"),
        ("isn\x92t \x93ok\x94 \x96 \x85", 'isn\'t "ok" – \x85'),
        (":) :-) :)) =) (: ;) ;-) :D xD XDD :P :-p", "🙂 🙂 🙂 🙂 🙂 😉 😉 😄 😄 😄 😛 😛"),
        (":( :-( :(( =( :'( :’-( >:( :/ :-\\ :| :o :-O :*", "🙁 🙁 🙁 🙁 😢 😢 😠 😕 😕 😐 😮 😮 😘"),
        ("<3 <333 </3 ^^ ^_^ -_- T_T ;_; o_O \\o/ :')", "❤ ❤ 💔 😊 😊 😑 😭 😭 😳 🙌 😂"),
        ("thanks:) great :). nice ;)!", "thanks🙂 great 🙂. nice 😉!"),
    ],
)
def test_full(text: str, expected: str) -> None:
    """On the level "full", an emoji of several characters is one character, and an emoticon becomes an emoji."""
    assert normalize(text, STEPS["full"]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "at 10:30, 3:0, 1:(2)", "(see 8) (a) b) f(x=) x=(1)", "http:/ C:\\ and/or:/x", "note:(see below) a:(b) f:('x')", "for (;;) f(); {};)",
        "x<3 i<30 <3.5", "std::p a::D |:-:| |:--|", "a^b x_y -- _-_ no_one", "XDR xDrive card:D", "**Pros:** *a*",
    ],
)  # fmt: skip
def test_no_emoticon(text: str) -> None:
    """Times, ratios, code, paths and parentheses are not emoticons."""
    assert normalize(text, STEPS["full"]) == text


def test_emoji_of_emoticons() -> None:
    """Every emoticon becomes one character, which no later step changes."""
    assert all(len(emoji) == 1 and normalize(emoji, STEPS["full"]) == emoji for emoji in EMOTICONS)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "unit",
    ["<", "<!--", "<a ", "<a x=", "&", "&amp;", "&#", "'", "\\", "http://", "www.", "@", ":", "-", "_", "Ã", "Ã©", "👍\u200d", "🇩", "[", ";", "xD"],
)  # fmt: skip
def test_linear(unit: str, level: str) -> None:
    """No text takes time quadratic in its length: this one would take minutes."""
    normalize(unit * (300_000 // len(unit)), STEPS[level])


def test_ftfy_on_demand() -> None:
    """Only mojibake loads the library that repairs it."""
    code = (
        "import sys; from rnnsent.data.normalization import STEPS; from rnnsent.data.substitution import normalize; "
        "normalize('“Très” naïve… isn’t', STEPS['full']); before = 'ftfy' in sys.modules; "
        "normalize('isnâ€™t', STEPS['full']); print(before, 'ftfy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"


NEGATIONS = (
    "It isn't sharp.", "This wasn't any good.", "They don't care.", "You can't trust it.", "He didn't enjoy the film.",
    "It doesn't help.", "I wouldn't recommend the place.", "The rooms weren't clean.", "It won't start.", "I haven't liked it.",
)  # fmt: skip
SPELLINGS = (
    "’", "‘", "ʼ", "´", "`", "′", "＇", "‛", "ʹ", "ꞌ", "ʻ", "\x91", "\x92", "\\'", "''", "\ufffd", "\u200b’", "&#39;", "&amp;#39;", "&rsquo;", "â€™",
)  # fmt: skip


def test_negations() -> None:
    """The bundled model gives a negation one probability, whatever its apostrophe."""
    predictor = Predictor(Checkpoint.read(BUNDLED / "english"), device="cpu")
    expected = [prediction.probabilities for prediction in predictor.predict(NEGATIONS)]
    for spelling in SPELLINGS:
        texts = [text.replace("'", spelling) for text in NEGATIONS]
        assert [prediction.probabilities for prediction in predictor.predict(texts)] == expected, spelling
