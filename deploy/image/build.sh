#!/bin/sh
# The steps of the image. The Dockerfile calls them, and so does the test that builds the image's
# root file system on a bare Debian 12, without a container engine.
#
#   build.sh packages-build   what building needs: Python with venv
#   build.sh application      /opt/canvas: virtual environment, application, built front end, static files;
#                             another directory as second argument, for machines without containers
#   build.sh packages-run     what running needs: Python; and the account
#
# IMAGE_EXTRAS="ldap saml", or one of them, adds what these ways of signing in need.
#
# `application` reads the sources from the directory above this one. Only /opt/canvas moves from the
# first stage to the second, so neither npm, Node nor pip is in the image that runs.
set -eu
export DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
SOURCES=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
HOME_OF_CANVAS=${2:-/opt/canvas}
ACCOUNT=10001
EXTRAS=${IMAGE_EXTRAS:-}
has_ldap() { case " $EXTRAS " in *" ldap "*) return 0 ;; *) return 1 ;; esac; }

install_packages() {
    apt-get update -q
    apt-get install -q -y --no-install-recommends "$@"
    apt-get clean
    rm -rf /var/lib/apt/lists/*
}

packages_build() {
    install_packages ca-certificates python3 python3-venv
    if has_ldap; then install_packages gcc libc6-dev libldap2-dev libsasl2-dev python3-dev; fi
}

application() {
    work=$(mktemp -d)
    # Node comes from the Python registry, with a hash like everything else.
    python3 -m venv "$work/node"
    "$work/node/bin/pip" install --quiet --no-cache-dir --require-hashes --only-binary :all: \
        -r "$SOURCES/requirements-node.lock"
    mkdir "$work/site"
    for part in manage.py accounts audit boards canvas_project frontend locale sync templates; do
        cp -R "$SOURCES/$part" "$work/site/"
    done
    rm -rf "$work/site/frontend/node_modules" "$work/site/frontend/dist" "$work/site/frontend/dist-drawn"
    (
        cd "$work/site/frontend"
        PATH="$work/node/bin:$PATH"
        npm ci --no-audit --no-fund
        npm run build
    )

    # `venv` refuses to be moved: it is made where it stays. Without compilers, wheels only.
    rm -rf "$HOME_OF_CANVAS"
    mkdir -p "$HOME_OF_CANVAS/app/frontend"
    python3 -m venv --without-pip "$HOME_OF_CANVAS/venv"
    python3 -m venv "$work/pip"
    "$work/pip/bin/pip" --python "$HOME_OF_CANVAS/venv/bin/python" install --quiet --no-cache-dir \
        --require-hashes --only-binary :all: --no-compile -r "$SOURCES/requirements.lock"
    for extra in $EXTRAS; do # python-ldap has no wheel
        "$work/pip/bin/pip" --python "$HOME_OF_CANVAS/venv/bin/python" install --quiet --no-cache-dir \
            --require-hashes --only-binary :all: --no-binary python-ldap --no-compile \
            -r "$SOURCES/requirements-$extra.lock"
    done

    for part in manage.py accounts audit boards canvas_project locale sync templates; do
        cp -R "$work/site/$part" "$HOME_OF_CANVAS/app/"
    done
    find "$HOME_OF_CANVAS/app" -type d -name tests -prune -exec rm -rf {} +
    find "$HOME_OF_CANVAS" -type d -name __pycache__ -prune -exec rm -rf {} +
    cp -R "$work/site/frontend/dist" "$work/site/frontend/dist-drawn" "$HOME_OF_CANVAS/app/frontend/"
    (
        cd "$HOME_OF_CANVAS/app"
        CANVAS_DATA_DIR="$work/data" CANVAS_STATIC_ROOT="$HOME_OF_CANVAS/static" \
            "$HOME_OF_CANVAS/venv/bin/python" manage.py collectstatic --noinput --verbosity 0
    )
    # Of the built front end a server needs the list alone; the files are in static/.
    find "$HOME_OF_CANVAS/app/frontend/dist" -mindepth 1 -maxdepth 1 ! -name manifest.json -exec rm -rf {} +
    # The root file system is read-only, so Python could not keep its compiled files later.
    "$HOME_OF_CANVAS/venv/bin/python" -m compileall -q "$HOME_OF_CANVAS/app" "$HOME_OF_CANVAS/venv/lib"
    chmod -R a+rX,go-w "$HOME_OF_CANVAS"
    rm -rf "$work"
}

packages_run() {
    install_packages ca-certificates media-types python3 tzdata
    if has_ldap; then install_packages libldap-2.5-0; fi
    groupadd --gid "$ACCOUNT" canvas
    useradd --uid "$ACCOUNT" --gid "$ACCOUNT" --no-create-home --home-dir /data --shell /usr/sbin/nologin canvas
    # Volumes take over the owner of the directory that they cover.
    install -d -o canvas -g canvas -m 0700 /data
    install -d -o canvas -g canvas -m 0755 /static
}

case ${1:-} in
    packages-build) packages_build ;;
    application) application ;;
    packages-run) packages_run ;;
    *)
        echo "usage: build.sh packages-build|application|packages-run" >&2
        exit 2
        ;;
esac
