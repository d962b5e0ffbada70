# shellcheck shell=bash
# What scripts/install, run and test share: finding what is missing, installing it, building a tree quietly.
# Sourced, never run:  . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
me=scripts/${0##*/}

say() { printf '%s\n' "$*" >&2; }
die() { say "$me: $*"; exit 1; }

# The comment at the top of the calling script is its help.
help_from_header() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }

# run_quietly LOG COMMAND...: keeps the output in LOG, shows it only when the command fails.
run_quietly() {
  local log=$1 status=0
  shift
  "$@" >>"$log" 2>&1 || status=$?
  ((status == 0)) || { cat "$log" >&2; return "$status"; }
}

# debian_release: 12, 13, ...; testing and unstable have no number and count as newer than all.
debian_release() {
  local version=''
  [[ ! -r /etc/os-release ]] || version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
  version=${version%%.*}
  [[ $version =~ ^[0-9]+$ ]] && printf '%s\n' "$version" || printf '9999\n'
}

# packages_of GROUP...: the names scripts/packages gives to these groups on this release, each once.
packages_of() {
  awk -v groups=" $* " -v release="$(debian_release)" '
    /^#/ || NF < 2 || !index(groups, " " $1 " ") { next }
    { split($2, part, "@") }
    part[2] <= release + 0 && !seen[part[1]]++ { print part[1] }
  ' "$root/scripts/packages"
}

# not_installed PACKAGE...: those of them that dpkg does not hold, one per line.
not_installed() {
  local held
  # dpkg-query exits 1 when it knows nothing of one name: that is the answer, not a fault.
  held=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    grep -qxF "installed $package" <<<"$held" || printf '%s\n' "$package"
  done
}

# install_packages GROUP...: installs with apt what these groups lack, and says so in one line.
# Silent, and without any network, when nothing is missing. ENTRAIN_NO_INSTALL=1 leaves the machine alone.
install_packages() {
  [[ -z ${ENTRAIN_NO_INSTALL:-} ]] || return 0
  local wanted missing as_root=() log
  mapfile -t wanted < <(packages_of "$@")
  ((${#wanted[@]} > 0)) || die "scripts/packages has no group named $*."
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    die "this is no Debian (no apt-get): install the like of '${wanted[*]}' yourself, then set ENTRAIN_NO_INSTALL=1."
  fi
  mapfile -t missing < <(not_installed "${wanted[@]}")
  ((${#missing[@]} > 0)) || return 0

  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "these packages are missing, and installing takes root or sudo; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  log=$(mktemp)
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  # Without network apt may still hold the packages in its cache, so a failed update is not yet the end.
  "${apt[@]}" update >>"$log" 2>&1 || say "$me: apt-get update failed; trying with the package lists at hand."
  if ! run_quietly "$log" "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null; then
    rm -f "$log"
    die "apt-get could not install ${missing[*]} (its words are above)."
  fi
  rm -f "$log"
}

# jobs_at_once: how many compilers at once.
jobs_at_once() { printf '%s\n' "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}"; }

# build_tree DIR TARGET [cmake option...]: configures and builds TARGET in $root/DIR with Ninja and ccache.
# One line, and the output only on failure; the log stays in DIR/build.log. Sources are compiled eight at a time:
# from nothing that takes half as long, as headers are read once. (File by file: cmake -DCMAKE_UNITY_BUILD=OFF.)
build_tree() {
  local dir=$1 target=$2 log=$root/$1/build.log
  shift 2
  local through_ccache=()
  ! command -v ccache >/dev/null ||
    through_ccache=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache)
  say "building $dir/ ..."
  mkdir -p "$root/$dir"
  : >"$log"
  run_quietly "$log" cmake -S "$root" -B "$root/$dir" -G Ninja "${through_ccache[@]}" \
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=8 "$@" || return
  run_quietly "$log" cmake --build "$root/$dir" --target "$target" -j "$(jobs_at_once)" || return
}
