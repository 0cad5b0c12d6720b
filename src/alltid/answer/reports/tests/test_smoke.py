from .test_report import *

def test_smoke(cast):
    told = cast.tell(text="first canary", age="10_12", about="me")
    told.say("second canary")
    child = children.add(place(cast, told), Role.SELF, "Ada, 4 B", identifiable=True)
    bo = cast.browser("Bo")
    page = bo.get(url(told, "child", child, "report"))
    assert page.status_code == 200
    open("/tmp/wt-report-write.html","wb").write(page.content)
    there = writes(bo, told, child, words=["1"])
    page = bo.get(there); assert page.status_code == 200
    open("/tmp/wt-report-look.html","wb").write(page.content)
    pdf = bo.post(there + "paper/", {"language": "en"})
    assert pdf.status_code == 200, pdf.content
    js = bo.post(there + "file/")
    assert js.status_code == 200, js.content.decode()
    print(js.content.decode())
    sent = bo.post(there + "sent/", {"whom": "Norrby", "when": "today", "how": "by hand"})
    assert sent.status_code == 303
    assert bo.get(there).status_code == 200
    print(words(cast, told))
    page = bo.get(url(told)); assert page.status_code == 200
    page = bo.get(url(told, "child", child, "note")); assert page.status_code == 200
    page = bo.get(url(told, "whole")); assert page.status_code == 200
    import re
    seen = re.search(r'name="seen" value="([^"]+)"', page.content.decode())[1]
    page = bo.post(url(told, "whole"), {"why": "they ask", "seen": seen}); assert page.status_code == 200
    page = bo.post(url(told, "whole"), {"why": "they ask", "seen": seen, "sure": "on", "paper": ""}); assert page["Content-Type"] == "application/pdf"
    assert 0
