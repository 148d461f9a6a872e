# Reads what the checks of a host look at, and changes nothing. POSIX sh: managed hosts may have no Python.
# The runner sets WORD (the random mark of this run) and READS (the readings wanted). A function that ends with 127
# says that the host lacks the thing; no password hash, key or secret leaves the host.
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077

have() { command -v "$1" > /dev/null 2>&1; }
show() { # the files that exist; 127 if none does
    found=127
    for file in "$@"; do
        if [ -f "$file" ]; then cat -- "$file" || return 1; echo; found=0; fi
    done
    return $found
}
settings() { show "$@" || [ $? = 127 ]; } # a file that may be missing: then the defaults count
bare() { show "$@" | sed 's/^[[:space:]]*#.*//'; }
pam_arguments() { # the arguments of a module anywhere in pam.d, one a line
    cat /etc/pam.d/* 2> /dev/null | sed -n "s/^[^#]*pam_$1\.so[[:space:]]*//p" | tr -s ' \t' '\n\n'
}

read_os() {
    show /etc/os-release || return
    tr -d '"' < /etc/os-release | awk -F= '
        $1 == "ID" { id = $2 }
        $1 == "VERSION_ID" { whole = $2; major = $2; sub(/\..*/, "", major) }
        END { print "release=" id " " whole; print "major=" id " " major }'
}
read_sshd() { have sshd || return 127; sshd -T 2> /dev/null; }
read_login_defs() { show /etc/login.defs; }
# pwquality.conf(5): the drop-ins are read first, the main file overrides them, arguments of the module override both.
read_pwquality() {
    settings /etc/security/pwquality.conf.d/*.conf /etc/security/pwquality.conf
    pam_arguments pwquality; pam_arguments cracklib
}
read_faillock() { settings /etc/security/faillock.conf; pam_arguments faillock; }
read_pwhistory() { settings /etc/security/pwhistory.conf; }
read_pam() {
    [ -d /etc/pam.d ] || return 127
    for file in /etc/pam.d/*; do echo "@file $file"; cat -- "$file" || return 1; echo; done
}
read_accounts() { cat /etc/passwd; }
read_groups() { cat /etc/group; }
read_passwords() { # how each password is kept and how long it lasts; never the hash
    awk -F: '{
        kind = "other"
        if ($2 == "") kind = "empty"
        else if ($2 ~ /^[!*]/) kind = "locked"
        else if ($2 ~ /^\$1\$/) kind = "md5"
        else if ($2 ~ /^\$5\$/) kind = "sha256"
        else if ($2 ~ /^\$6\$/) kind = "sha512"
        else if ($2 ~ /^\$y\$/) kind = "yescrypt"
        else if ($2 ~ /^\$sm3\$/) kind = "sm3"
        else if ($2 ~ /^\$2[aby]\$/) kind = "bcrypt"
        else if ($2 !~ /^\$/ && length($2) == 13) kind = "des"
        print $1 ":" kind ":" ($5 == "" ? -1 : $5)
    }' /etc/shadow
}
about() { # mode, owner, group and name of the files that exist; 127 if none does
    have stat || return 127
    found=127
    for file in "$@"; do
        if [ -e "$file" ]; then stat -L -c '%a %U %G %n' -- "$file" || return 1; found=0; fi
    done
    return $found
}
read_files() { about /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/ssh/sshd_config; }
read_log_files() {
    about /var/log/audit /var/log/audit/*.log /var/log/auth.log /var/log/secure /var/log/messages /var/log/syslog
}
read_kernel() {
    for name in fs.suid_dumpable kernel.core_pattern kernel.randomize_va_space; do
        file=/proc/sys/$(echo "$name" | tr . /)
        [ -r "$file" ] && echo "$name = $(cat "$file")"
    done
    return 0
}
read_coredump() { settings /etc/systemd/coredump.conf /etc/systemd/coredump.conf.d/*.conf; }
read_shell_timeout() { # what login shells set, without running them
    cat /etc/profile /etc/bash.bashrc /etc/bashrc /etc/profile.d/*.sh 2> /dev/null | sed 's/#.*//' |
        sed -n 's/.*\(TMOUT\)=\([0-9]*\).*/\1 \2/p'
    cat /etc/profile /etc/bash.bashrc /etc/bashrc /etc/profile.d/*.sh 2> /dev/null | sed 's/#.*//' |
        grep -qE '(readonly|declare -[a-z]*r|typeset -[a-z]*r)[^;]*TMOUT' && echo readonly
    return 0
}
read_useradd() { have useradd || return 127; useradd -D; }
read_sudoers() { [ -f /etc/sudoers ] || return 127; bare /etc/sudoers /etc/sudoers.d/*; }
read_listening() {
    have ss || return 127
    listed=$(ss -Hlntu) || return 1
    echo "$listed" | awk 'NF > 4 { at = $5; port = at; sub(/.*:/, "", port); sub(/:[^:]*$/, "", at); print $1, at, port }'
}
read_enabled_units() {
    have systemctl || return 127
    systemctl list-unit-files --state=enabled --no-legend --no-pager 2> /dev/null ||
        systemctl --root=/ list-unit-files --state=enabled --no-legend --no-pager
}
read_running_units() {
    have systemctl || return 127
    for unit in auditd rsyslog syslog-ng systemd-journald chrony chronyd ntp ntpd ntpsec systemd-timesyncd \
        clamav-daemon clamd clamd@scan clamav-freshclam; do
        echo "$unit $(systemctl is-active "$unit" 2> /dev/null)"
    done
}
read_packages() {
    if have dpkg-query; then dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii  *//p'
    elif have rpm; then rpm -qa --qf '%{NAME}\n'
    else return 127; fi
}
read_audit_status() { have auditctl || return 127; auditctl -s; }
read_audit_rules() { have auditctl || return 127; auditctl -l; }
read_auditd_conf() { show /etc/audit/auditd.conf; }
read_journal() {
    settings /etc/systemd/journald.conf /etc/systemd/journald.conf.d/*.conf
    if [ -d /var/log/journal ]; then echo "kept=yes"; fi
}
read_syslog_targets() { # actions that send to another host
    bare /etc/rsyslog.conf /etc/rsyslog.d/*.conf | grep -E '@|omfwd|omrelp' ||
        [ -f /etc/rsyslog.conf ] || return 127
}
read_log_rotation() { # how long the system's logs are kept: file, period, count
    show /etc/logrotate.conf /etc/logrotate.d/* > /dev/null || return
    cat /etc/logrotate.conf /etc/logrotate.d/* 2> /dev/null | awk '
        { sub(/#.*/, "") }
        !inside && !/\{/ && /^[[:space:]]*(daily|weekly|monthly|yearly)/ { every = $1 }
        !inside && !/\{/ && /^[[:space:]]*rotate/ { count = $2 }
        !inside && /^[[:space:]]*\// { files = files " " $0 }
        /\{/ { inside = 1; period = every; number = count }
        inside && /^[[:space:]]*(daily|weekly|monthly|yearly)/ { period = $1 }
        inside && /^[[:space:]]*rotate/ { number = $2 }
        /\}/ {
            gsub(/[{}]/, "", files); n = split(files, part, " ")
            for (i = 1; i <= n; i++) print part[i], period, number
            inside = 0; files = ""
        }'
}
read_clock() {
    if have chronyc && chronyc -n tracking > /dev/null 2>&1; then
        chronyc -n tracking | awk -F' *: *' '/^Leap status/ { print "synchronised=" ($2 == "Normal" ? "yes" : "no") }'
    elif have ntpq && ntpq -c rv 2> /dev/null | grep -q leap_none; then echo synchronised=yes
    elif have timedatectl; then
        said=$(timedatectl show -p NTPSynchronized --value 2> /dev/null) || return 1
        echo "synchronised=${said:-no}"
    else echo synchronised=no; fi
}
read_firewall() {
    have nft || have iptables || return 127
    if have nft; then nft list ruleset || return 1; fi
    if have iptables; then iptables -S || return 1; fi
}
read_shares() { # what is exported to whom
    sed 's/#.*//' /etc/exports /etc/exports.d/*.exports 2> /dev/null
    sed -n 's/^[[:space:]]*\(guest ok\|public\)[[:space:]]*=[[:space:]]*\(yes\|true\|1\).*/samba guest/p' /etc/samba/smb.conf 2> /dev/null
    return 0
}
read_antimalware() {
    newest=$(find /var/lib/clamav -name 'daily.c[lv]d' -printf '%T@\n' 2> /dev/null | sort -n | tail -1)
    if [ -n "$newest" ]; then echo "signature_days=$((($(date +%s) - ${newest%%.*}) / 86400))"; fi
    return 0
}

for name in $READS; do
    echo "#=$WORD $name"
    ("read_$name") 2> /dev/null
    status=$?
    printf '\n#=%s %s %s\n' "$WORD" "$name" "$status"
done
