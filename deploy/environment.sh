#!/bin/sh
# Makes .venv with what requirements.lock pins, each file checked by its hash. First argument: the Python to use.
set -eu
cd "$(dirname "$0")/.."
python="${1:-python3}"

command -v "$python" > /dev/null || { echo "$python is missing: apt-get install python3, or make PYTHON=/path/to/python3.12"; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }

# Debian keeps venv and pip in a package of their own.
if ! "$python" -c 'import ensurepip, venv' 2> /dev/null; then
    package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "Installing $package"
        apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$package" < /dev/null > /dev/null
    else
        echo "Debian's package $package is missing. As root: apt-get install $package"
        exit 1
    fi
fi

echo "Making the environment in .venv"
.venv/bin/python -m pip --version > /dev/null 2>&1 || "$python" -m venv --clear .venv
pip() { .venv/bin/python -m pip --quiet --disable-pip-version-check "$@"; }
pip install --require-hashes -r requirements.lock
pip install --no-deps --no-build-isolation --editable .
touch .venv/.done
