"""Carries notifications by HTTP and by e-mail."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage

from tidegate.mail import Smtp
from tidegate.retry import Answer
from worker.outside import Outside
from worker.post import post

_TIMEOUT = 15.0


class PostOffice:
    """The port `Courier`. Without `smtp` no e-mail goes out."""

    def __init__(self, outside: Outside, smtp: Smtp | None) -> None:
        self._outside = outside
        self._smtp = smtp

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return post(self._outside, url, headers, body)

    def mail(self, message_id: str, address: str, subject: str, text: str) -> Answer:
        if self._smtp is None:
            return Answer(ok=False, detail="no mail server is set: TIDEGATE_SMTP_URL")
        try:
            letter = _letter(self._smtp.sender, message_id, address, subject, text)
            server = _connected(self._smtp)
            try:
                server.send_message(letter)
            finally:
                with suppress(smtplib.SMTPException, OSError):  # whatever comes of saying goodbye, it has the letter
                    server.quit()
        except smtplib.SMTPRecipientsRefused as refused:
            ((code, _),) = refused.recipients.values()
            return Answer(ok=False, detail=f"the mail server refused the address ({code})")
        except smtplib.SMTPResponseException as refused:
            return Answer(ok=False, detail=f"the mail server refused it ({refused.smtp_code})")
        # AttributeError: what email.headerregistry has for some addresses that it can't read.
        except (smtplib.SMTPException, OSError, ValueError, AttributeError) as error:
            return Answer(ok=False, detail=f"the mail server can't be used: {type(error).__name__}")
        return Answer(ok=True, detail="the mail server took it")


def _connected(smtp: Smtp) -> smtplib.SMTP:
    if smtp.implicit_tls:
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=_TIMEOUT)
    try:
        if smtp.user is not None:
            if not smtp.implicit_tls:
                server.starttls(context=ssl.create_default_context())
            server.login(smtp.user, smtp.password or "")
    except BaseException:
        server.close()
        raise
    return server


def _letter(sender: str, message_id: str, address: str, subject: str, text: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, address
    letter["Subject"] = " ".join(subject.split())
    letter["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    return letter
