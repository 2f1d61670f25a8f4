# The platform is Debian 13. On it, commands run as they are; on any other Linux they run inside a Debian 13 root that
# is made once in the user's cache and entered through a private mount namespace, so nothing stays mounted.

PACKAGES_FILE=$HAVEN_ROOT_DIR/scripts/packages.txt
ROOT_FORMAT=1 # raise it when the way a root is made changes

packages() { sed 's/#.*//' "$PACKAGES_FILE" | tr -s '[:space:]' '\n' | sed '/^$/d'; }

is_reference_platform() {
    [[ ${HAVEN_INSIDE:-} == 1 ]] && return 0
    # shellcheck disable=SC1091
    (source /etc/os-release 2>/dev/null && [[ ${ID:-} == debian && ${VERSION_ID:-0} -ge 13 ]])
}

root_path() {
    local key
    key=$({ echo "$ROOT_FORMAT"; packages | sort; } | sha256sum | cut -c1-16)
    printf '%s/root-%s' "$(cache_dir)" "$key"
}

# As root: run as it is. Otherwise through sudo, keeping what the commands read from the environment.
as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        command -v sudo >/dev/null || die "this needs root: run it as root, or install sudo"
        sudo --preserve-env=DISPLAY,XAUTHORITY,HOME,http_proxy,https_proxy,no_proxy,DEBIAN_FRONTEND "$@"
    fi
}

# Prints the line of apt's progress that says where it is, at most once a second.
show_progress() {
    local line last=0
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$1"
        if ((SECONDS > last + 4)); then
            last=$SECONDS
            step "  ${line:0:100}"
        fi
    done
}

install_native_packages() {
    local missing
    missing=$(comm -23 <(packages | sort -u) \
        <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | sort -u))
    [[ -n $missing ]] || return 0
    step "installing $(wc -w <<<"$missing") packages"
    as_root mkdir -p /etc/postgresql-common
    [[ -e /etc/postgresql-common/createcluster.conf ]] ||
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update -q && apt-get install -y -q --no-install-recommends "$@"' sh $missing ||
        die "apt-get could not install" $missing "Is the network reachable? Then run ./haven setup again"
}

make_root() {
    local root=$1 log building
    building=$root.building.$$
    log=$(cache_dir)/setup.log
    if ! command -v mmdebstrap >/dev/null; then
        command -v apt-get >/dev/null || die "install mmdebstrap with this system's package manager, then run this again"
        step "installing mmdebstrap"
        as_root sh -c 'apt-get update -q && apt-get install -y -q --no-install-recommends mmdebstrap' >>"$log" 2>&1 ||
            die "mmdebstrap could not be installed (log: $log). Is the network reachable?"
    fi
    step "making a Debian 13 root with $(packages | wc -l) packages in $root (once, two minutes or more, about 2 GB)"
    on_exit "as_root rm -rf --one-file-system '$building'"
    as_root env TMPDIR="${TMPDIR:-/tmp}" mmdebstrap --variant=apt --aptopt='Apt::Install-Recommends "false"' \
        --aptopt='Acquire::Retries "3"' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
        --essential-hook='mkdir -p "$1/etc/postgresql-common"' \
        --essential-hook='echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
        --include="$(packages | paste -sd,)" trixie "$building" 2>&1 | show_progress "$log" ||
        die "the Debian 13 root could not be made; the end of $log says why. Without a network nothing can be fetched: reconnect and run ./haven setup"
    as_root mv "$building" "$root"
    step "root ready: $(du -sh "$root" 2>/dev/null | cut -f1)"
}

# The host's PostgreSQL 15, where it has one and the root does not: the statements are proved on it, too. Only libraries
# that the root lacks come along.
borrow_postgresql() {
    local root=$1 version=15 library
    [[ -x /usr/lib/postgresql/$version/bin/postgres && ! -e $root/usr/lib/postgresql/$version ]] || return 0
    ldd /usr/lib/postgresql/$version/bin/{postgres,initdb} | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u |
        while IFS= read -r library; do
            [[ -e $root$library ]] || as_root cp -L "$library" "$root/usr/lib/$(uname -m)-linux-gnu/"
        done
    as_root cp -aT "/usr/share/postgresql/$version" "$root/usr/share/postgresql/$version"
    as_root cp -aT "/usr/lib/postgresql/$version" "$root/usr/lib/postgresql/$version.new.$$"
    as_root mv -T "$root/usr/lib/postgresql/$version.new.$$" "$root/usr/lib/postgresql/$version" 2>/dev/null ||
        as_root rm -rf "$root/usr/lib/postgresql/$version.new.$$"
}

ensure_root() {
    local root lock
    root=$(root_path)
    if [[ -e $root/etc/debian_version ]]; then
        borrow_postgresql "$root"
        return 0
    fi
    mkdir -p "$(cache_dir)"
    exec {lock}>"$(cache_dir)/setup.lock"
    if ! flock -n "$lock"; then
        step "another checkout is making the root; waiting for it"
        flock "$lock"
    fi
    [[ -e $root/etc/debian_version ]] || make_root "$root"
    borrow_postgresql "$root"
    exec {lock}>&-
}

# Ends here on the reference platform; elsewhere replaces this process by the same command inside the root.
enter_platform() {
    if is_reference_platform; then
        [[ ${HAVEN_INSIDE:-} == 1 ]] || install_native_packages
        return 0
    fi
    ensure_root
    local uid gid home
    uid=$(id -u) gid=$(id -g) home=${HOME:-$(user_home)}
    trap - EXIT
    local -a enter=(unshare --mount --propagation private bash "$HAVEN_ROOT_DIR/scripts/lib/enter_root.sh"
        "$(root_path)" "$uid" "$gid" "$home" "$PWD" "$HAVEN_ROOT_DIR/haven" "$@")
    if [[ $uid == 0 ]]; then exec "${enter[@]}"; fi
    command -v sudo >/dev/null || die "entering the Debian 13 root needs root: run as root, or install sudo"
    exec sudo -E "${enter[@]}"
}
