"""Control characters that terminals obey, for tests that none of them reaches a terminal."""

import re

# Characters that move the cursor, change colors or reverse the direction of text, some as parts of escape sequences.
HOSTILE = "\x1b[31mred\x1b[0m \x07\x08\x9b2J\x7f\u202eabc\u2066 \r\x0b\x0c\x85"
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
