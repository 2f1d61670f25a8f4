# usage: ./haven setup
#
# Installs everything a fresh machine needs. On Debian 13: the packages of scripts/packages.txt. On another Linux host:
# a Debian 13 root with those packages, made once in the cache directory ($XDG_CACHE_HOME/haven or ~/.cache/haven),
# shared by all checkouts. Running it again changes nothing.

command_setup() {
    step "ready: $(. /etc/os-release && echo "$PRETTY_NAME"), $(g++ --version | head -1)"
}
