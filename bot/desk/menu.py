"""The menu of the desk, in order. Labels are the sentences `nav_<key>` of data/texts/desk.yml."""

from bot.desk.page import Place
from bot.desk.permission import Role

PLACES = (
    Place("inbox", "/desk/indbakke", (Role.STAFF,)),
    Place("contact", "/desk/beskeder", (Role.STAFF,)),
    Place("content", "/desk/indhold", (Role.EDITOR,)),
    Place("publish", "/desk/udgiv", (Role.EDITOR,)),
    Place("learning", "/desk/laering", (Role.EDITOR,)),
    Place("links", "/desk/links", (Role.EDITOR,)),
    Place("chat", "/desk/chatten", (Role.EDITOR,)),
    Place("sharing", "/desk/deling", (Role.EDITOR,)),
    Place("try", "/desk/proev", (Role.EDITOR,)),
    Place("report", "/desk/rapport", (Role.STAFF, Role.EDITOR)),
    Place("people", "/desk/people", (Role.ADMINISTRATOR,)),
    Place("log", "/desk/log", (Role.ADMINISTRATOR,)),
    Place("data", "/desk/data", (Role.ADMINISTRATOR,)),
)
