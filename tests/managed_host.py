"""Two states of a managed Debian 12: as an assessor likes it, and as one finds it. Paths are below /etc."""

COMMON_AUTH = (
    "auth [success=1 default=ignore] pam_unix.so{nullok}\nauth requisite pam_deny.so\nauth required pam_permit.so\n"
)
COMMON_PASSWORD = "password [success=1 default=ignore] pam_unix.so obscure yescrypt\npassword requisite pam_deny.so\n"
SERVICE = "@include common-auth\n@include common-account\n@include common-password\n"

SSHD = {
    "hardened": """MaxAuthTries 4
LoginGraceTime 60
ClientAliveInterval 300
ClientAliveCountMax 2
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
KexAlgorithms curve25519-sha256,diffie-hellman-group16-sha512
""",
    "spoiled": """PermitEmptyPasswords yes
Ciphers aes256-ctr,aes128-cbc
""",
}

ETC = {
    "hardened": {
        "login.defs": "PASS_MAX_DAYS 90\nENCRYPT_METHOD YESCRYPT\nUMASK 027\n",
        "security/pwquality.conf": "# minlen = 6\nminlen = 10\nminclass = 3\nenforce_for_root\n",
        "security/faillock.conf": "deny = 5\nunlock_time = 600\n",
        "pam.d/common-auth": "auth required pam_faillock.so preauth\n"
        + COMMON_AUTH.format(nullok="").replace(
            "auth requisite", "auth [default=die] pam_faillock.so authfail\nauth requisite"
        ),
        "pam.d/common-account": "account required pam_faillock.so\naccount required pam_unix.so\n",
        "pam.d/common-password": "password requisite pam_pwquality.so retry=3\n"
        "password required pam_pwhistory.so remember=5 use_authtok enforce_for_root\n" + COMMON_PASSWORD,
        "pam.d/su": "auth sufficient pam_rootok.so\nauth required pam_wheel.so use_uid\n@include common-auth\n",
        "profile.d/campus-timeout.sh": "readonly TMOUT=600\nexport TMOUT\n",
        "default/useradd": "SHELL=/bin/sh\nINACTIVE=30\n",
        "sudoers": "Defaults env_reset\nDefaults use_pty, logfile=/var/log/sudo.log\n%sudo ALL=(ALL:ALL) ALL\n",
        "audit/auditd.conf": "log_file = /var/log/audit/audit.log\nlog_format = ENRICHED\n",
        "rsyslog.conf": '*.* action(type="omfwd" protocol="tcp" target="192.0.2.10" queue.filename="forward")\n',
        "logrotate.conf": "weekly\nrotate 4\ncreate\n",
        "logrotate.d/rsyslog": "/var/log/syslog\n/var/log/auth.log\n{\n\trotate 26\n\tweekly\n\tmissingok\n}\n",
        "exports": "# none\n/srv/data 192.0.2.0/24(ro,root_squash)\n",
    },
    "spoiled": {
        "login.defs": "PASS_MAX_DAYS 99999\nENCRYPT_METHOD MD5\nUMASK 022\n",
        "security/pwquality.conf": "# minlen = 10\n# enforce_for_root\n",
        "security/faillock.conf": "# deny = 3\n",
        "pam.d/common-auth": COMMON_AUTH.format(nullok=" nullok"),
        "pam.d/common-account": "account required pam_unix.so\n",
        "pam.d/common-password": COMMON_PASSWORD,
        "pam.d/su": "auth sufficient pam_rootok.so\n# auth required pam_wheel.so\n@include common-auth\n",
        "profile.d/campus-timeout.sh": "# TMOUT=600\n",
        "default/useradd": "SHELL=/bin/sh\nINACTIVE=-1\n",
        "sudoers": "Defaults env_reset\n%sudo ALL=(ALL:ALL) NOPASSWD: ALL\n",
        "audit/auditd.conf": "log_format = RAW\n",
        "rsyslog.conf": "*.* @192.0.2.10\n",
        "logrotate.conf": "weekly\nrotate 4\n",
        "logrotate.d/rsyslog": "/var/log/syslog\n/var/log/auth.log\n{\n\trotate 4\n\tweekly\n}\n",
        "exports": "/srv/data *(rw)\n",
        "os-release": 'PRETTY_NAME="Debian GNU/Linux 10 (buster)"\nVERSION_ID="10"\nID=debian\n',
    },
}
for _state in ETC.values():
    _state |= {f"pam.d/{name}": SERVICE for name in ("login", "passwd", "sshd")}
