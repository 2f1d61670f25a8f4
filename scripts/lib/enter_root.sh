#!/usr/bin/env bash
# enter_root.sh ROOT UID GID HOME CWD CMD...: in a private mount namespace, lay the host's own directories over the root
# at their own paths, then become UID inside it. A path means the same on both sides.
set -euo pipefail
root=$1 uid=$2 gid=$3 home=$4 cwd=$5
shift 5

mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
mount --rbind /sys "$root/sys"

bind() {
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
}

for dir in /*; do
    case "$dir" in
        /bin | /sbin | /lib* | /usr | /etc | /var | /boot | /opt | /dev | /proc | /sys | /run | /lost+found) ;;
        *) if [[ -d $dir && ! -L $dir ]]; then bind "$dir"; fi ;;
    esac
done
mount -t tmpfs -o mode=755 tmpfs "$root/run"
if [[ -d /run/user ]]; then
    mkdir -p "$root/run/user"
    mount --rbind /run/user "$root/run/user"
fi
if [[ $uid == 0 ]]; then mkdir -p /var/lib/haven && bind /var/lib/haven; fi

# Names and certificate authorities are the host's: behind a company's proxy Debian's alone are not enough.
for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
    if [[ -e $file ]]; then
        [[ -e $root$file ]] || : >"$root$file"
        mount --bind "$(readlink -f "$file")" "$(readlink -f "$root$file")"
    fi
done
if [[ $uid != 0 ]] && ! grep -q "^[^:]*:[^:]*:$uid:" "$root/etc/passwd"; then
    echo "haven-$uid:x:$uid:$gid::$home:/bin/bash" >>"$root/etc/passwd"
fi

export HAVEN_INSIDE=1 HOME=$home LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset TMPDIR LD_LIBRARY_PATH LD_PRELOAD
if [[ $uid == 0 ]]; then
    exec chroot "$root" /usr/bin/env --chdir="$cwd" "$@"
fi
exec chroot "$root" setpriv --reuid="$uid" --regid="$gid" --clear-groups /usr/bin/env --chdir="$cwd" "$@"
