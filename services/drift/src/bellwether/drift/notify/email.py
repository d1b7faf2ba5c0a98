"""E-mail over SMTP: the same words as text and as a table; no picture that a mail client would drop."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from bellwether.contracts import Channel
from bellwether.drift.notify.base import MARKS, ChannelAdapter, Failed, Message, Outgoing, bars

_CELL = "padding:4px 12px 4px 0;vertical-align:top;border-bottom:1px solid #dee2e6"


def send(channel: Channel, message: Message, out: Outgoing) -> None:
    """Hand the mail to the server of the settings."""
    settings = out.settings
    if settings.smtp_host is None:
        raise Failed("no mail server is set: BELLWETHER_NOTIFY__SMTP_HOST")
    mail = compose(channel, message, out)
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=settings.timeout_seconds) as server:
            if settings.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user is not None and settings.smtp_password is not None:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            refused = server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise Failed(f"{type(error).__name__} while the mail was handed over") from error
    if refused:
        raise Failed(f"the mail server refused {len(refused)} of {len(channel.addresses)} addresses")


def compose(channel: Channel, message: Message, out: Outgoing) -> EmailMessage:
    """Return the mail; its id is that of the delivery, so that a mail client shows a repeat as one."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(f"[Bellwether] {MARKS[message.status]}: {message.title}".split())[:200]
    mail["From"] = out.settings.mail_from
    mail["To"] = ", ".join(channel.addresses)
    mail["Date"] = format_datetime(out.now())
    domain = out.settings.mail_from.rpartition("@")[2].strip("> ") or "bellwether.invalid"
    mail["Message-ID"] = f"<{message.delivery.replace('~', '.')}@{domain}>"
    mail["X-Bellwether-Delivery"] = message.delivery
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_plain(message))
    mail.add_alternative(_html(message), subtype="html")
    return mail


def _plain(message: Message) -> str:
    lines = [f"{MARKS[message.status]}  {message.title}", "", message.sentence, ""]
    lines += [f"{name}: {text}" for name, text in message.facts]
    if picture := bars(message.series):
        lines += ["", picture]
    for title, text in message.sections:
        lines += ["", title, text]
    if message.link is not None:
        lines += ["", message.link]
    return "\n".join(lines) + "\n"


def _html(message: Message) -> str:
    rows = "".join(
        f'<tr><th align="left" style="{_CELL}">{escape(name)}</th><td style="{_CELL}">{escape(text)}</td></tr>'
        for name, text in message.facts
    )
    parts = [
        '<html><body style="font-family:sans-serif;color:#212529;max-width:640px">',
        f'<p style="margin:0;font-weight:bold">{escape(MARKS[message.status])}</p>',
        f'<h1 style="font-size:20px;margin:4px 0 12px">{escape(message.title)}</h1>',
        f"<p>{escape(message.sentence)}</p>",
        f'<table style="border-collapse:collapse">{rows}</table>' if rows else "",
    ]
    if picture := bars(message.series):
        parts.append(f'<p style="font-family:monospace;font-size:18px;letter-spacing:1px">{escape(picture)}</p>')
    for title, text in message.sections:
        shown = escape(text).replace("\n", "<br>")
        parts.append(f'<h2 style="font-size:16px;margin:16px 0 4px">{escape(title)}</h2><p>{shown}</p>')
    if message.link is not None:
        parts.append(f'<p><a href="{escape(message.link)}">Open in Bellwether</a></p>')
    return "".join([*parts, "</body></html>"])


CHANNEL = ChannelAdapter("email", "E-mail", send)
