# usage: ./haven packages [--renew]
#
# What Haven is built with and runs on: each Debian package of scripts/packages.txt and all that came with them, with the
# version that is installed, a line each. Then Debian is asked which of them are behind: a line each, with the version that
# is there now, those of its security archive marked. Ends with status 1 where some are. --renew installs them (as root).

# Those that are asked for, and those that they need. Names that only others provide have no version.
installed_packages() {
    # shellcheck disable=SC2046
    apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
        --no-enhances $(packages) | sed -n '/^[a-z0-9]/p' | sort -u |
        { xargs dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' 2>/dev/null || true; } | sed -n 's/^ii *//p' | sort -u
}

# "Inst NAME [OLD] (NEW ORIGIN ...)" of what apt would do.
packages_behind() {
    cut -d' ' -f1 | xargs apt-get -s -qq --no-remove install --only-upgrade |
        sed -nE 's/^Inst ([^ ]+) \[([^]]+)\] \(([^ ]+) ([^)]*)\).*/\1 \2 -> \3 \4/p' |
        sed -E 's/^([^ ]+ [^ ]+ -> [^ ]+) .*[Ss]ecurity.*/\1 security/; s/^([^ ]+ [^ ]+ -> [^ ]+) [^s].*/\1/'
}

command_packages() {
    local installed behind
    as_root apt-get update -qq || die "Debian could not be asked what is new. Is the network reachable?"
    installed=$(installed_packages)
    printf '%s\n' "$installed"
    behind=$(packages_behind <<<"$installed")
    if [[ -z $behind ]]; then
        step "$(wc -l <<<"$installed") packages, none of them behind"
        return 0
    fi
    if [[ ${1:-} == --renew ]]; then
        # shellcheck disable=SC2046
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends --only-upgrade \
            $(cut -d' ' -f1 <<<"$behind") || die "apt-get could not install them"
        step "$(wc -l <<<"$behind") packages renewed; build anew what links against them"
        return 0
    fi
    printf '\nbehind:\n%s\n' "$behind"
    step "$(wc -l <<<"$behind") of $(wc -l <<<"$installed") packages are behind; ./haven packages --renew installs them"
    return 1
}
