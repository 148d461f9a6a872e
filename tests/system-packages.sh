#!/bin/sh
# Installs the packages of system-packages.txt that are missing, where it may (root, apt), and says what it could not get.
# Nothing is started, now or at the next boot: a policy-rc.d forbids it while apt works and is put back afterwards.
set -eu
list="$(dirname "$0")/system-packages.txt"
policy=/usr/sbin/policy-rc.d
kept=/usr/sbin/policy-rc.d.kept-by-campus-tests

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

missing() {
    sed -n 's/^\([a-z0-9][a-z0-9.+-]*\).*/\1/p' "$list" | while read -r package; do
        installed "$package" || printf '%s ' "$package"
    done
}

restore_policy() {
    rm -f "$policy"
    if [ -e "$kept" ] || [ -L "$kept" ]; then mv "$kept" "$policy"; fi
}

forbid_starts() {
    if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$kept"; fi
    trap restore_policy EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
}

install() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@" < /dev/null > /dev/null; }

keep_from_booting() {
    for service in $(dpkg -L "$@" 2>/dev/null | sed -n 's#^/etc/init\.d/##p'); do update-rc.d "$service" disable || true; done
}

command -v dpkg-query > /dev/null || { echo "No Debian: the tests that need these programs will say so. See $list"; exit 0; }
wanted="$(missing)"
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "Not root, so not installed: $wanted(apt-get install $wanted)"
    exit 0
fi
echo "Fetching for the tests: $wanted(none: make test SYSTEM=no)"
# A killed run may have left its own policy in place of the machine's.
if [ -e "$kept" ] || [ -L "$kept" ]; then restore_policy; fi
forbid_starts
apt-get -qq update || true
# One package that cannot be had must not cost the others.
# shellcheck disable=SC2086
install $wanted || for package in $wanted; do install "$package" || true; done
# shellcheck disable=SC2086
keep_from_booting $wanted
left="$(missing)"
[ -z "$left" ] || echo "Could not get: $left"
