# Debian packages by the file that shows they are there. Sourced by ./cellpose3d and ./test.

# package:file; OpenCV (PNG, JPEG) needs the first two, the text of plots a font, everything else runs without
RUN_PACKAGES=(libgtk-3-0:libgtk-3.so.0 libatomic1:libatomic.so.1
    fonts-dejavu-core:/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf)
# other programs' readers, which check the files we write
TEST_PACKAGES=("${RUN_PACKAGES[@]}" python3-numpy:/usr/lib/python3/dist-packages/numpy/__init__.py
    python3-tifffile:/usr/lib/python3/dist-packages/tifffile/__init__.py
    python3-jsonschema:/usr/lib/python3/dist-packages/jsonschema/__init__.py
    python3-zarr:/usr/lib/python3/dist-packages/zarr/__init__.py
    python3-h5py:/usr/lib/python3/dist-packages/h5py/__init__.py
    hdf5-tools:/usr/bin/h5dump
    # a Slurm of our own on this machine, for runs on a cluster
    slurmctld:/usr/sbin/slurmctld slurmd:/usr/sbin/slurmd slurm-client:/usr/bin/sbatch munge:/usr/sbin/munged
    # OpenGL in software, for pictures without a graphics card
    libegl1:libEGL.so.1 libgl1-mesa-dri:/usr/lib/x86_64-linux-gnu/dri/swrast_dri.so
    # a window, a display for it, and hands that work it
    libglfw3:libglfw.so.3 xvfb:/usr/bin/Xvfb xdotool:/usr/bin/xdotool
    # the page of the viewer: a browser, and a check of its modules' types
    chromium:/usr/bin/chromium node-typescript:/usr/bin/tsc
    # movies
    ffmpeg:/usr/bin/ffmpeg)

has_file() {
    case $1 in
        /*) [ -e "$1" ] ;;
        # not through a pipe: grep -q ends early, and under pipefail that looks like a library that is not there
        *) [[ $(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) == *"$1 "* ]] ;;
    esac
}

# need_packages WHAT_FOR package:file...  Installs what is missing when this user may, else names it. Never fails.
need_packages() {
    local what=$1 entry missing=() as=()
    shift
    for entry in "$@"; do
        has_file "${entry#*:}" || missing+=("${entry%%:*}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if command -v apt-get >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ]; then
            as=(env)
        elif sudo -n true 2>/dev/null; then
            as=(sudo -n)
        fi
    fi
    if [ ${#as[@]} -gt 0 ]; then
        echo "installing Debian packages for $what: ${missing[*]}" >&2
        "${as[@]}" apt-get update -qq >/dev/null 2>&1 || true
        "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return 0
    fi
    echo "missing for $what: ${missing[*]} (as root: apt-get install ${missing[*]})" >&2
}
