"""What an account and a password may be."""

from __future__ import annotations

import pytest

from tracker.accounts.rules import account_key, check_account, check_grant, check_password, role_of
from tracker.base.access import Grant, Refused, Role


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "wang-jianguo",  # the account
        "wang-jianguo2019",
        "13800138000",  # a telephone number
        "password123",
        "Admin@123456",
        "woaini1314520",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "qwertyuiop1",
        "Qwerty123456",
        "!!2019--08--31!!",
        "ａｄｍｉｎ１２３４５６",  # full-width
        "x" * 201,
    ],
)
def test_a_guessable_password_is_refused(password: str) -> None:
    with pytest.raises(Refused):
        check_password(password, "wang-jianguo")


@pytest.mark.parametrize(
    "password", ["清晨 橘子 电车 三号", "correct horse battery", "7x!94#2k1$8w", "ejb4-ew3k-t95a-qqma"]
)
def test_a_long_password_of_unrelated_words_will_do(password: str) -> None:
    check_password(password, "wang-jianguo")


def test_capitals_and_full_width_letters_name_the_same_account() -> None:
    assert account_key(" Ｗang ") == account_key("wang")


@pytest.mark.parametrize("account", ["", "a", "with space", "<b>", "-dash", "a" * 41])
def test_an_account_is_plain_letters_and_digits(account: str) -> None:
    with pytest.raises(Refused):
        check_account(account)


def test_a_file_may_name_roles_by_word_or_code() -> None:
    assert role_of("督查") is role_of("supervisor") is role_of("督查员") is Role.SUPERVISOR
    assert role_of("皇帝") is None


ADMINISTRATORS = (Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


@pytest.mark.parametrize("held", ADMINISTRATORS)
@pytest.mark.parametrize("wanted", ADMINISTRATORS)
def test_no_account_holds_two_of_the_three_administrators(held: Role, wanted: Role) -> None:
    with pytest.raises(Refused):
        check_grant(Grant(wanted, 1, True), [Grant(held, 1, True)], to_self=False, can_sign_in=True)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_grants_anything_to_themselves(role: Role) -> None:
    check_grant(Grant(role, 1, True), [], to_self=False, can_sign_in=True)
    with pytest.raises(Refused, match="不能给自己"):
        check_grant(Grant(role, 1, True), [], to_self=True, can_sign_in=True)


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_an_administrator_sits_at_the_root_and_can_sign_in(role: Role) -> None:
    with pytest.raises(Refused, match="根区划"):
        check_grant(Grant(role, 2, False), [], to_self=False, can_sign_in=True)
    with pytest.raises(Refused, match="开通账号"):
        check_grant(Grant(role, 1, True), [], to_self=False, can_sign_in=False)


def test_only_supervisors_and_leaders_are_bound_to_a_category() -> None:
    check_grant(Grant(Role.SUPERVISOR, 1, True, 3), [], to_self=False, can_sign_in=True)
    with pytest.raises(Refused, match="不分类别"):
        check_grant(Grant(Role.OFFICIAL, 1, True, 3), [], to_self=False, can_sign_in=True)
