#!/usr/bin/env bash
# Puts the check of a machine with a GPU into one folder, which needs neither .NET nor torch there.
#   gpu/publish.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?gpu/publish.sh FOLDER}
dotnet publish "$here/Check" -c Release -r linux-x64 -o "$target"
rm -f "$target"/*.dbg "$target"/*.pdb "$target"/*.xml
cp "$here/check.sh" "$here/torch_times.py" "$target"
du -sh "$target"
