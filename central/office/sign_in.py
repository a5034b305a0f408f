"""The door of the office. A password that comes too soon after wrong ones is not even looked at."""

from __future__ import annotations

import math
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError

from central.office.wrong_tries import WRONG_TRIES


class SlowForm(AuthenticationForm):
    """`wait_s`: whole seconds until a password is looked at again; 0: it was looked at."""

    wait_s = 0

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "")
        self.wait_s = math.ceil(WRONG_TRIES.wait_s(name))
        if self.wait_s:
            raise ValidationError("too many wrong tries")
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            WRONG_TRIES.failed(name)
            raise
        WRONG_TRIES.came_in(name)
        return cleaned


class SignIn(LoginView):
    template_name = "office/sign_in.html"
    authentication_form = SlowForm
