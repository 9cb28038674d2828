"""N: nginx as a buffering keep-alive proxy in front of the stub, as root or not."""

from __future__ import annotations

import shutil
from pathlib import Path

CONFIG = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; default_type application/json;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream stub {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Authorization "Bearer {token}";
  proxy_buffer_size 16k; proxy_buffers 32 16k; proxy_busy_buffers_size 256k;
  server {{
    listen 127.0.0.1:{port} backlog=512;
    location = /api/statuses/home_timeline.json {{ proxy_pass http://stub/api/v1/timelines/home?limit=20; }}
    location = /api/account/verify_credentials.json {{ proxy_pass http://stub/api/v1/accounts/verify_credentials; }}
    location = /api/statuses/update.json {{ proxy_pass http://stub/api/v1/statuses; }}
  }}
}}
"""


def nginx() -> str | None:
    """The program, None when it is not installed."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def configured(program: str, folder: Path, port: int, upstream: int, token: str) -> list[str]:
    """The command that runs it, its configuration and temporary files all in `folder`."""
    file = folder / "nginx.conf"
    file.write_text(CONFIG.format(folder=folder, port=port, upstream=upstream, token=token))
    return [program, "-p", str(folder), "-c", str(file), "-e", str(folder / "nginx-error.log")]
