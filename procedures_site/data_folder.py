"""The folder that the quick start keeps its database, secret and collected static files in."""

import os
import secrets
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """`var/` beside manage.py, or the folder that PROCEDURES_DATA names."""
    return Path(os.path.expanduser(os.environ.get("PROCEDURES_DATA") or BASE / "var")).resolve()


def stored_secret() -> str:
    """The secret key that an earlier quick start made, or an empty string."""
    try:
        return (data_folder() / "secret-key").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def prepare() -> None:
    """Make the folder and a secret key of its own, or end with a sentence that says why not."""
    folder = data_folder()
    key = folder / "secret-key"
    try:
        # Drafts and the hashes of passwords are kept here: nobody else on the machine need look in.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
        if not os.environ.get("SECRET_KEY", "").strip() and not stored_secret():
            if key.exists() and key.read_bytes().strip():
                sys.exit(f"The secret key in {key} cannot be read. Put the right one back, or remove it.")
            # Nobody else on the machine may read it, not even for the moment before a chmod.
            descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(64) + "\n")
    except OSError as error:
        sys.exit(
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Name another with the environment variable PROCEDURES_DATA, or change who may write there."
        )
    # The server is started from another working directory, and has to find the same folder.
    os.environ["PROCEDURES_DATA"] = str(folder)
