"""Pages of this part: signing in and out, the own password, people, posts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, login_user
from werkzeug.wrappers import Response

from tracker.accounts import actions, queries
from tracker.accounts.forms import (
    AccountForm,
    CountiesForm,
    GrantForm,
    LoginForm,
    NameForm,
    OwnStandInForm,
    PasswordForm,
    PersonForm,
    StandInForm,
    UserFileForm,
)
from tracker.accounts.models import Deputy, User
from tracker.accounts.rules import NOT_SIGNED_IN, NewAccount, has_duties, names_for_others
from tracker.base import clock
from tracker.base.access import N_, ROLE_NAMES, Actor, Missing, Refused, Right, Role, holds
from tracker.base.db import transaction
from tracker.base.web import form_status, local_url, needs, public, refusals
from tracker.org import queries as places
from tracker.org.rules import FileRefused, Slip
from tracker.settings.queries import categories

bp = Blueprint("accounts", __name__)

PAGE = 50
_STANDING = "stand_in"  # in the session: in whose place the person acts, by the id of the stand-in


def init_app(app: Flask) -> None:
    """Sessions: a signed cookie that names the person and the session version, dead after a time without use."""
    manager = LoginManager()
    manager.session_protection = None  # phones change their address; the version in the cookie ends stolen sessions
    manager.init_app(app)
    manager.user_loader(_person_of_session)
    app.teardown_request(_forget_person)


def _forget_person(_error: BaseException | None) -> None:
    """flask-login keeps the person in ``g``; a context that outlives the request must not hand them to the next one."""
    g.pop("_login_user", None)


def _person_of_session(cookie_id: str) -> User | Deputy | None:
    """Who is signed in; in the place of somebody who is away where they chose to and still may.

    Raises Refused where the time is over: what was sent in the absent person's name must not happen in one's own.
    """
    user = queries.user_of_session(cookie_id)
    if user is None or _STANDING not in session:
        return user
    acting = queries.deputy(session[_STANDING], user, clock.today())
    if acting is None:
        _change_place(None)
        if request.method not in ("GET", "HEAD"):
            raise Refused(N_("代理已经结束，刚才这一步没有办理；现在是您本人的身份。"))
        flash(_("代理已经结束，现在是您本人的身份。"), "warning")
    return acting or user


def _change_place(stand_in_id: int | None) -> None:
    """From the next request in this absent person's place, or one's own; forms opened before are void, so that no act
    goes under a name it was not meant for."""
    session.pop(_STANDING, None)
    session.pop("csrf_token", None)
    if stand_in_id is not None:
        session[_STANDING] = stand_in_id


def _me() -> User:
    """Who is signed in, in person."""
    user = current_user._get_current_object()
    user = user.person if isinstance(user, Deputy) else user
    assert isinstance(user, User)  # @needs let nobody else in
    return user


# --- signing in and out ---------------------------------------------------------------------------------------


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> Any:
    """The one door for people; the same answer for an unknown account, a wrong password and a locked account."""
    form = LoginForm(next=request.args.get("next"))
    there = local_url(form.next.data) or "/"
    if current_user.is_authenticated and request.method == "GET":
        return redirect(there)
    if form.validate_on_submit():
        user = _proven(form.account.data or "", form.password.data or "", at=clock.now())
        if user is not None:
            _open_session(user)
            return redirect(url_for("accounts.password") if user.one_time else there)
        form.form_errors = [_(NOT_SIGNED_IN)]
    return render_template("accounts/login.html", form=form), form_status(form)


def _proven(account: str, password: str, *, at: datetime, verb: str = "sign_in") -> User | None:
    """The person, if the password is theirs and there were not too many tries; writes the try down either way."""
    with transaction():
        attempt = actions.begin_sign_in(account, request.remote_addr or "", at=at)
    if attempt is None:
        return None
    user = queries.user_with_account(account)
    right = actions.password_holds(user, password)
    with transaction():
        actions.end_sign_in(attempt, user, succeeded=right, verb=verb, at=at)
    return user if right else None


def _open_session(user: User) -> None:
    """A fresh session: nothing of what the browser held before, but the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.permanent = True
    login_user(user)


@bp.post("/logout")
@needs(Right.SELF)
def logout() -> Response:
    """Ends the session everywhere, on every device."""
    with transaction():
        actions.sign_out(_me())
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    flash(_("已退出登录，其他设备上的登录也已结束。"), "success")
    return redirect(url_for("accounts.login"))


@bp.route("/password", methods=["GET", "POST"])
@needs(Right.SELF)
def password() -> Any:
    form, user = PasswordForm(), _me()
    one_time = user.one_time
    if form.validate_on_submit():
        with refusals(form):
            actions.check_new_password(user, form.new.data or "", form.current.data or "")
        if not form.form_errors:
            if _proven(user.account or "", form.current.data or "", at=clock.now(), verb="prove_password") is None:
                form.current.errors = [_("现在的密码不对，或者输错次数过多；请核对后再试。")]
            else:
                new_hash = actions.hash_password(form.new.data or "")
                with transaction():
                    actions.change_password(user, new_hash)
                _open_session(user)
                flash(_("密码已修改，其他设备上的登录已结束。"), "success")
                return redirect("/")
    template = "accounts/password.html"
    return render_template(template, form=form, one_time=one_time), form_status(form)


# --- stand-ins ------------------------------------------------------------------------------------------------


@bp.route("/stand-ins", methods=["GET", "POST"])
@needs(Right.SELF)
def stand_ins() -> Any:
    """Whose place one may take, and who takes one's own while one is away."""
    form, me = OwnStandInForm(), _me()
    if form.validate_on_submit():
        with refusals(form):
            _name(form, me)
            return redirect(url_for("accounts.stand_ins"))
    elif not form.is_submitted():
        form.begins.data = clock.today()
    page = render_template(
        "accounts/stand_ins.html",
        form=form,
        mine=queries.stand_in_of(me.id, clock.today()),
        others=queries.stood_in_for(me.id, clock.today()),
        has_duties=has_duties(me.grants),
        for_others=any(names_for_others(grant) for grant in me.grants),
    )
    return page, form_status(form)


@bp.route("/stand-ins/region", methods=["GET", "POST"])
@needs(Right.STAND_INS)
def region_stand_ins() -> Any:
    """A supervisor names stand-ins for people of the region: who cannot sign in, or went away without naming one."""
    form, me = StandInForm(), _me()
    if form.validate_on_submit():
        with refusals(form):
            _name(form, queries.person_meant(form.absent.data or ""))
            return redirect(url_for("accounts.region_stand_ins"))
    elif not form.is_submitted():
        form.begins.data = clock.today()
    standing = queries.stand_ins_under(me, clock.today())
    return render_template("accounts/region_stand_ins.html", form=form, standing=standing), form_status(form)


def _name(form: OwnStandInForm, absent: User) -> None:
    assert form.begins.data is not None
    assert form.ends.data is not None  # both are needed
    with transaction():
        standing = actions.name_stand_in(
            absent,
            queries.person_meant(form.person.data or ""),
            _acting(),
            begins=form.begins.data,
            ends=form.ends.data,
            today=clock.today(),
        )
        flash(
            _(
                "%(begins)s 至 %(ends)s 由“%(person)s”代理“%(absent)s”。",
                begins=standing.begins_on,
                ends=standing.ends_on,
                person=standing.person.name,
                absent=standing.absent.name,
            ),
            "success",
        )


def _acting() -> Actor:
    actor: Actor = current_user._get_current_object()
    return actor


@bp.post("/stand-ins/<int:stand_in_id>/end")
@needs(Right.SELF)
def end_stand_in(stand_in_id: int) -> Response:
    standing = queries.stand_in_with_id(stand_in_id)
    with transaction():
        actions.end_stand_in(standing, _acting())
    flash(_("代理已结束，立即生效。"), "success")
    own = _me().id in (standing.absent_id, standing.person_id)
    return redirect(url_for("accounts.stand_ins" if own else "accounts.region_stand_ins"))


@bp.post("/stand-ins/<int:stand_in_id>/act")
@needs(Right.SELF)
def act_for(stand_in_id: int) -> Response:
    """Take the absent person's place: from now on their desk, and each act goes down as theirs by this hand."""
    acting = queries.deputy(stand_in_id, _me(), clock.today())
    if acting is None:
        raise Missing
    _change_place(stand_in_id)
    return redirect(local_url(request.form.get("next")) or "/")


@bp.post("/stand-ins/leave")
@needs(Right.SELF)
def act_in_person() -> Response:
    _change_place(None)
    flash(_("已回到您本人的身份。"), "success")
    return redirect("/")


# --- people ---------------------------------------------------------------------------------------------------


@bp.get("/users")
@needs(Right.USERS)
def users() -> Any:
    return render_template("accounts/users.html", **_people(request.args.get("sign_in", "")))


def _people(sign_in: str) -> dict[str, Any]:
    """What a page that lists people shows: one page of them, their posts, the filters."""
    text = request.args.get("q", "").strip()[:60]
    region_id = request.args.get("region", type=int)
    counties = places.counties()
    page = queries.user_page(text, region_id, sign_in, request.args.get("page"), PAGE)
    posts = queries.posts_of(row.user_id for row in page.rows)
    return {
        "page": page,
        "posts": {user_id: [_post_words(post) for post in held] for user_id, held in posts.items()},
        "total": queries.user_total(text, region_id, sign_in),
        "text": text,
        "sign_in": sign_in,
        "region": next((county for county in counties if county.id == region_id), None),
        "counties": [(county.id, county.name) for county in counties],
        "next_url": _page_url(page.next),
        "previous_url": _page_url(page.previous),
    }


def _post_words(post: Any) -> str:
    words = f"{_(ROLE_NAMES[post.role])} · {post.region}"
    return f"{words} · {_(post.category)}" if post.category else words


def _page_url(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
    return url_for(request.endpoint or "accounts.users", **kept, page=cursor)


@bp.route("/users/new", methods=["GET", "POST"])
@needs(Right.USERS)
def new_user() -> Any:
    """A person; with an account the answer is the paper with the one-time password, shown this once."""
    form = PersonForm()
    if form.validate_on_submit():
        with refusals(form):
            with transaction():
                user, made = actions.add_person(
                    form.name.data or "",
                    places.unit_meant(form.unit.data or ""),
                    title=form.title.data,
                    account=form.account.data,
                    actor_id=_me().id,
                )
            if made is not None:
                return _paper([made], url_for("accounts.user", user_id=user.id))
            flash(_("已新增“%(name)s”。", name=user.name), "success")
            return redirect(url_for("accounts.user", user_id=user.id))
    return render_template("accounts/new_user.html", form=form), form_status(form)


def _paper(made: list[NewAccount], back: str, counts: str | None = None) -> Any:
    """One-time passwords to print or copy; a POST's direct answer, because they are stored nowhere."""
    address = current_app.config["TRACKER"].base_url or request.url_root
    return render_template("accounts/one_time_password.html", made=made, back=back, counts=counts, address=address)


@bp.route("/users/<int:user_id>", methods=["GET", "POST"])
@needs(Right.USERS)
def user(user_id: int) -> Any:
    """One person: name and title, account, unit; what an administrator may do with them."""
    user = queries.user_with_id(user_id)
    form = NameForm(obj=user)
    if form.validate_on_submit():
        with refusals(form), transaction():
            actions.edit_person(
                user,
                name=form.name.data or "",
                title=form.title.data,
                email=form.email.data,
                actor_id=_me().id,
            )
            flash(_("已保存。"), "success")
            return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(user, form, AccountForm(formdata=None))


def _user_page(user: User, form: Any, account_form: Any) -> Any:
    page = render_template(
        "accounts/user.html",
        user=user,
        counties_form=_counties_of(user),
        form=form,
        account_form=account_form,
        posts=[_post_words(post) for post in queries.posts_of([user.id]).get(user.id, [])],
        locked=queries.locked(user, clock.now()),
    )
    return page, max(form_status(form), form_status(account_form))


@bp.post("/users/<int:user_id>/counties")
@needs(Right.USERS)
def link_counties(user_id: int) -> Response:
    """The counties a leader keeps in touch with; boxes, so nothing can be typed wrong."""
    user = queries.user_with_id(user_id)
    form = _counties_offered(CountiesForm())
    if not form.validate():
        abort(400)
    with transaction():
        actions.link_counties(user, form.counties.data or (), actor_id=_me().id)
    flash(_("联系县已保存，他的工作台和问题清单里可以只看这些县。"), "success")
    return redirect(url_for("accounts.user", user_id=user_id))


def _counties_of(user: User) -> CountiesForm | None:
    """The boxes, with those ticked that are linked now; None for whoever leads nothing and is linked to none."""
    linked = queries.linked_counties(user.id)
    if not linked and not holds(user, Role.LEADER):
        return None
    return _counties_offered(CountiesForm(formdata=None, counties=linked))


def _counties_offered(form: CountiesForm) -> CountiesForm:
    form.counties.choices = [(county.id, county.name) for county in places.counties() if county.parent_id is not None]
    return form


@bp.post("/users/<int:user_id>/account")
@needs(Right.USERS)
def give_account(user_id: int) -> Any:
    user, form = queries.user_with_id(user_id), AccountForm()
    if form.validate_on_submit():
        with refusals(form):
            with transaction():
                made = actions.give_account(user, form.account.data or "", actor_id=_me().id)
            return _paper([made], url_for("accounts.user", user_id=user_id))
    return _user_page(user, NameForm(formdata=None, obj=user), form)


@bp.post("/users/<int:user_id>/one-time-password")
@needs(Right.USERS)
def one_time_password(user_id: int) -> Any:
    with transaction():
        made = actions.give_one_time_password(queries.user_with_id(user_id), actor_id=_me().id)
    return _paper([made], url_for("accounts.user", user_id=user_id))


@bp.post("/users/<int:user_id>/unlock")
@needs(Right.USERS)
def unlock(user_id: int) -> Response:
    user = queries.user_with_id(user_id)
    with transaction():
        actions.unlock(user, actor_id=_me().id, at=clock.now())
    flash(_("已解锁，“%(name)s”可以马上再试。", name=user.name), "success")
    return redirect(url_for("accounts.user", user_id=user_id))


@bp.post("/users/<int:user_id>/deactivate")
@needs(Right.USERS)
def deactivate(user_id: int) -> Response:
    user = queries.user_with_id(user_id)
    with transaction():
        actions.deactivate(user, actor_id=_me().id)
    flash(_("“%(name)s”已停用，登录已全部结束。", name=user.name), "success")
    return redirect(url_for("accounts.user", user_id=user_id))


@bp.post("/users/<int:user_id>/reactivate")
@needs(Right.USERS)
def reactivate(user_id: int) -> Response:
    user = queries.user_with_id(user_id)
    with transaction():
        actions.reactivate(user, actor_id=_me().id)
    flash(_("“%(name)s”已恢复。", name=user.name), "success")
    return redirect(url_for("accounts.user", user_id=user_id))


@bp.route("/users/import", methods=["GET", "POST"])
@needs(Right.USERS)
def import_users() -> Any:
    """A file of people, taken whole or refused with every bad cell; new accounts come back as papers."""
    form, counts = UserFileForm(), None
    slips: tuple[Slip, ...] = ()
    if form.validate_on_submit():
        check = "check" in request.form
        try:
            with transaction():
                done = actions.import_users(form.file.data.read(), form.file.data.filename, actor_id=_me().id)
                counts = "，".join(f"{_(heading)} {number}" for heading, number in done.counts.items())
                if check:
                    raise _OnlyChecked
            if done.made:
                return _paper(done.made, url_for("accounts.users"), counts)
            flash(counts, "success")
            return redirect(url_for("accounts.users"))
        except _OnlyChecked:
            pass
        except FileRefused as refusal:
            slips = refusal.slips
    page = render_template("accounts/import_users.html", form=form, slips=_in_words(slips), counts=counts)
    return page, 422 if slips else form_status(form)


class _OnlyChecked(Exception):
    """Rolls a rehearsal back."""


def _in_words(slips: tuple[Slip, ...]) -> list[dict[str, str]]:
    return [
        {
            "cell": slip.cell,
            "problem": _(slip.problem, **slip.params),
            "mend": _(slip.mend, **slip.params) if slip.mend else "",
        }
        for slip in slips[:200]
    ]


@bp.get("/people/suggest")
@needs(Right.ISSUE_READ)
def suggest_people() -> Response:
    """People for a field that completes itself: ``[{"id", "value", "label"}]``; the value may be sent as it is."""
    role = request.args.get("role")
    known = Role(role) if role in set(Role) else None
    return jsonify(queries.suggested_people(request.args.get("q", "")[:60], known))


# --- posts ----------------------------------------------------------------------------------------------------


@bp.get("/posts")
@needs(Right.POSTS)
def posts() -> Any:
    """Who holds which post; a search finds people without one, too."""
    return render_template("accounts/posts.html", **_people("" if request.args.get("q", "").strip() else "posts"))


@bp.route("/users/<int:user_id>/posts", methods=["GET", "POST"])
@needs(Right.POSTS)
def person_posts(user_id: int) -> Any:
    """One person's posts: granting one more, ending one, those that ended."""
    user, form = queries.user_with_id(user_id), GrantForm()
    form.role.choices = [(role.value, _(name)) for role, name in ROLE_NAMES.items()]
    offered = [(str(category.id), _(category.name)) for category in categories()]
    form.category.choices = [("", _("全部类别")), *offered]
    if form.validate_on_submit():
        with refusals(form), transaction():
            region = places.region_meant(form.region.data or "")
            category_id = int(form.category.data) if form.category.data else None
            actions.grant_post(user, Role(form.role.data), region, category_id, actor_id=_me().id, at=clock.now())
            flash(_("岗位已授予，立即生效。"), "success")
            return redirect(url_for("accounts.person_posts", user_id=user_id))
    page = render_template(
        "accounts/person_posts.html",
        user=user,
        form=form,
        posts=queries.all_posts_of(user),
        role_names={role: _(name) for role, name in ROLE_NAMES.items()},
        counties=[county.name for county in places.counties()],
    )
    return page, form_status(form)


@bp.post("/posts/<int:post_id>/end")
@needs(Right.POSTS)
def end_post(post_id: int) -> Response:
    post = queries.post_with_id(post_id)
    with transaction():
        actions.end_post(post, actor_id=_me().id, at=clock.now())
    flash(_("岗位已结束，立即生效。"), "success")
    return redirect(url_for("accounts.person_posts", user_id=post.user_id))
