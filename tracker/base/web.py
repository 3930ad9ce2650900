"""The web edge: rights on endpoints, refusals as pages, language, security headers, what every template sees."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol, TypeVar
from urllib.parse import quote

from flask import (
    Flask,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import Babel, get_locale, get_translations, gettext
from flask_login import AnonymousUserMixin, current_user
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from tracker.base import clock
from tracker.base.access import N_, Conflict, Missing, Refused, Right, may
from tracker.base.config import Config, data_path
from tracker.base.db import db
from tracker.base.underway import CalledOff, Told, Underway

csrf = CSRFProtect()
babel = Babel()

LANGUAGES = {"zh": "中文", "en": "English"}
MEGABYTE = 1024 * 1024

View = TypeVar("View", bound=Callable[..., Any])
_PIECE = 64 * 1024  # bytes


@dataclass(frozen=True)
class NavigationEntry:
    """One entry of the top bar: shown to whoever has the right. ``below``: where else its pages stand ("/issues");
    ``counts``: the column of the person whose number stands beside it; ``menu``: the menu it stands in, by its label."""

    endpoint: str
    label: str
    right: Right
    below: tuple[str, ...] = ()
    counts: str | None = None
    menu: str | None = None


class RefusableForm(Protocol):
    form_errors: Any


class VersionedForm(FlaskForm):
    """A form about a thing others may change meanwhile: its version when the page was shown, and its newest event."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    seen = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def shows(self, version: int, event_id: int) -> None:
        """The page shows the thing as it is now (also when it comes back after a conflict)."""
        self.version.raw_data = self.seen.raw_data = None
        self.version.data, self.seen.data = version, event_id


def stripped(value: str | None) -> str | None:
    """A filter of a field of words."""
    return value.strip() if value else value


class BoxesField(SelectMultipleField):
    """Several of a list, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def init_app(app: Flask, config: Config, navigation: tuple[NavigationEntry, ...]) -> None:
    """Fit the edge onto the app."""
    app.config.update(
        SECRET_KEY=config.secret(),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=config.session_hours * 3600,
        WTF_CSRF_TIME_LIMIT=None,  # the session's: people must not lose long forms
        MAX_CONTENT_LENGTH=(config.max_upload_mb * 10 + 5) * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=4 * MEGABYTE,
        MAX_FORM_PARTS=5000,
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_TRANSLATION_DIRECTORIES=str(Path(__file__).resolve().parents[1] / "translations"),
    )
    if config.proxies:
        count = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.before_request(_limit_body)  # ahead of the token's check, which reads the body
    csrf.init_app(app)
    babel.init_app(app, locale_selector=lambda: _language(config.locale))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().gettext(text),
        lambda one, many, number: _catalogue().ngettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_guard)
    app.after_request(_headers)
    app.register_error_handler(Refused, _refusal_page)
    app.register_error_handler(HTTPException, _http_page)
    app.register_error_handler(Exception, _crash_page)
    app.context_processor(lambda: _context(app, navigation))
    app.add_template_filter(_local_time, "local_time")
    app.add_url_rule("/language/<code>", "language", public(_switch_language), methods=["POST"])


def needs(right: Right) -> Callable[[View], View]:
    """Mark an endpoint: signed in and one of the roles of this right. An endpoint without a mark is closed."""

    def mark(view: View) -> View:
        view.tracker_right = right  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark an endpoint open to everybody."""
    view.tracker_right = "public"  # type: ignore[attr-defined]
    return view


@contextmanager
def refusals(form: RefusableForm) -> Iterator[None]:
    """Turn a refusal inside the block into an error on the form, so that the page comes back with all that was typed.

    Use: ``with refusals(form), transaction(): …; return redirect(…)`` and fall through to rendering the form.
    """
    try:
        yield
    except Missing:
        raise
    except Refused as refusal:
        g.conflict = isinstance(refusal, Conflict)
        form.form_errors = [*form.form_errors, said(refusal)]


def said(refusal: Refused) -> str:
    """The refusal in the reader's language."""
    return str(gettext(refusal.msgid, **refusal.params))


def form_status(form: Any) -> int:
    """200 for a fresh form, 409 after a conflict, 422 for one that came back with errors."""
    if not form.errors and not form.form_errors:
        return 200
    return 409 if g.get("conflict") else 422


def whole_file(out: IO[bytes], mimetype: str) -> Response:
    """What was written into a file of ours, sent piece by piece; it is closed when it is sent."""
    size = out.tell()
    out.seek(0)
    response = Response(_pieces(out), mimetype=mimetype)
    response.content_length = size
    return response


def attached(response: Response, name: str, plain: str) -> Response:
    """The answer as a file of this name; ``plain`` for whoever understands Latin letters only."""
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return response


def file_underway(key: str, write: Callable[[IO[bytes], Told], object], mimetype: str) -> Response | None:
    """What ``write`` puts into a file while whoever waits is told how far it is; None where they called it off."""
    with ExitStack() as kept:
        out = kept.enter_context(TemporaryFile())
        try:
            with Underway(key).told() as told:
                write(out, told)
        except CalledOff:
            return None
        kept.pop_all()  # closed when it is sent
    return whole_file(out, mimetype)


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while piece := out.read(_PIECE):
            yield piece


def largest_upload() -> int:
    """The largest evidence file that is taken, in bytes."""
    return int(current_app.config["TRACKER"].max_upload_mb) * MEGABYTE


def _limit_body() -> None:
    """Only a signed-in person's upload may be large; words are parsed in memory, whoever sends them."""
    if request.mimetype != "multipart/form-data" or not current_user.is_authenticated:
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def _guard() -> Response | None:
    """The first question: may this role press it at all?"""
    if request.endpoint is None or request.endpoint == "static":
        return None
    return _check(getattr(current_app.view_functions[request.endpoint], "tracker_right", None))


def _check(right: Right | str | None) -> Response | None:
    if right == "public":
        return None
    if not isinstance(right, Right):
        abort(403)
    if not current_user.is_authenticated:
        if request.method == "GET":
            return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")))
        abort(401)
    if current_user.one_time and right is not Right.SELF:
        return redirect(url_for("accounts.password"))
    if not may(current_user, right):
        abort(403)
    return None


def _headers(response: Response) -> Response:
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
    if request.endpoint == "static" and response.status_code < 400:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" in response.headers:
        response.cache_control.private = True  # a file for one person, whatever else is said of keeping it
    else:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _language(default: str) -> str:
    chosen = session.get("language") or getattr(current_user, "locale", None)
    return chosen if chosen in LANGUAGES else default


def _switch_language(code: str) -> Response:
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    return redirect(local_url(request.form.get("next")) or "/")


def local_url(url: str | None) -> str | None:
    """The address if it stays on this site, else None (no redirect to elsewhere)."""
    if url and url.startswith("/") and not url.startswith(("//", "/\\")) and not any(c in url for c in "\r\n\t"):
        return url
    return None


def _context(app: Flask, navigation: tuple[NavigationEntry, ...]) -> dict[str, Any]:
    entries = _entries(app, navigation)
    return {
        "asset": lambda path: url_for("static", filename=path, v=_fingerprint(path)),
        "languages": LANGUAGES,
        "locale": str(get_locale() or "zh"),
        "navigation": [entry for entry in entries if entry["menu"] is None],
        "menus": _menus(entries),
        "today": clock.today(),
        "product": gettext("问题整改清零平台"),
    }


def _entries(app: Flask, navigation: tuple[NavigationEntry, ...]) -> list[dict[str, Any]]:
    if not current_user or not current_user.is_authenticated or current_user.one_time:
        return []
    duty = getattr(current_user, "absent", current_user)  # a stand-in sees what waits for the absent person
    return [
        {
            "label": gettext(entry.label),
            "url": url_for(entry.endpoint),
            "current": _current(entry),
            "count": getattr(duty, entry.counts) if entry.counts else 0,
            "menu": entry.menu,
        }
        for entry in navigation
        if entry.endpoint in app.view_functions and may(current_user, entry.right)
    ]


def _menus(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The menus of the bar in the order of their first entries."""
    labels = dict.fromkeys(entry["menu"] for entry in entries if entry["menu"] is not None)
    return [
        {"label": gettext(label), "entries": [entry for entry in entries if entry["menu"] == label]} for label in labels
    ]


def _current(entry: NavigationEntry) -> str | None:
    """``page`` on the entry's own page, ``true`` on a page below it."""
    if request.endpoint == entry.endpoint:
        return "page"
    folders = (url_for(entry.endpoint), *(request.script_root + path for path in entry.below))
    here = request.script_root + request.path
    return "true" if any(here.startswith(f"{folder}/") for folder in folders) else None


def _catalogue() -> Any:
    """The catalogue of the request's language, looked up once and not for every word of a page."""
    if not has_request_context():
        return get_translations()
    if "tracker.catalogue" not in request.environ:
        request.environ["tracker.catalogue"] = get_translations()
    return request.environ["tracker.catalogue"]


@lru_cache
def _fingerprint(path: str) -> str:
    """Changes with the file, so that it may be cached for ever."""
    return hashlib.sha256((data_path("static") / path).read_bytes()).hexdigest()[:12]


def _local_time(instant: datetime | date | None, pattern: str = "%Y-%m-%d %H:%M") -> str:
    if instant is None:
        return ""
    return clock.local(instant).strftime(pattern) if isinstance(instant, datetime) else instant.isoformat()


# --- errors: what is wrong, where, what to do -------------------------------------------------------------------

_HTTP_WORDS: dict[int, tuple[str, str]] = {
    400: (N_("请求不完整"), N_("页面可能已经过期，请返回上一页刷新后再提交。")),
    401: (N_("请先登录"), N_("登录状态已失效，请重新登录；填写的内容仍保留在本机浏览器中。")),
    403: (N_("您没有这项权限"), N_("如工作需要，请联系本单位的安全管理员。")),
    404: (N_("没有找到"), N_("地址可能写错了，或者它不在您的职责范围内。")),
    405: (N_("不能这样打开"), N_("请从页面上的按钮进入。")),
    413: (N_("提交的内容太大"), N_("请压缩图片或分几次上传。")),
    429: (N_("操作太频繁"), N_("请稍等几分钟再试。")),
}


#: What an HTTP error says to programs besides its page.
_KEPT_HEADERS = frozenset({"Allow", "Retry-After", "Content-Range"})


def _refusal_page(refusal: Refused) -> tuple[str, int]:
    if isinstance(refusal, Missing):
        return _page(404, gettext(_HTTP_WORDS[404][0]), said(refusal))
    status = 409 if isinstance(refusal, Conflict) else 422
    return _page(status, gettext("没有办成，什么都没有改动"), said(refusal))


def _http_page(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    title, advice = _HTTP_WORDS.get(error.code, (N_("没有办成"), N_("请返回上一页重试。")))
    kept = {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}
    return *_page(error.code, gettext(title), gettext(advice)), kept


def _crash_page(error: Exception) -> tuple[str, int]:
    """Our fault: the page shows a number under which the log has the whole story, and nothing of the story."""
    if current_app.testing:
        raise error
    incident = secrets.token_hex(4)
    path = request.url_rule if "token" in (request.view_args or {}) else request.path  # a secret address is not logged
    current_app.logger.error("incident %s: %s %s", incident, request.method, path, exc_info=error)
    try:
        db.session.rollback()  # a failed transaction must not leak into the error page's own queries
        return _incident_page(incident)
    except SQLAlchemyError:  # the database itself is what is broken: do not ask it who is reading
        g._login_user = AnonymousUserMixin()
        return _incident_page(incident)


def _incident_page(incident: str) -> tuple[str, int]:
    return _page(
        500,
        gettext("系统出了问题"),
        gettext("已记录下来。请稍后再试；填写的内容仍保留在本机浏览器中。"),
        where=gettext("故障编号 %(incident)s，报修时请告知。", incident=incident),
    )


def _page(status: int, title: str, advice: str, where: str = "") -> tuple[str, int]:
    return render_template("error.html", status=status, title=title, advice=advice, where=where), status
