"""The forms that properties take: type and form field; names for data, no behaviour."""

from collections.abc import Mapping

TEXT = ("string", "text")
LONG = ("string", "textarea")
HTML = ("string", "html")
NUMBER = ("number", "number")
DAY = ("date", "date")
MOMENT = ("datetime", "date")
SELECT = ("enumeration", "select")
RADIO = ("enumeration", "radio")
YES_NO = ("enumeration", "booleancheckbox")
PHONE = ("string", "phonenumber")
Fields = Mapping[str, tuple[str, str]]
