#!/usr/bin/env bash
# Checks this machine's NVIDIA GPU, and times it beside torch where a python3 with torch and torchvision is there. Nothing else need be installed.
#   gpu/check.sh [arguments of blockwright-gpu-check]
# The program lies beside this script (gpu/publish.sh puts both into one folder). Exit codes are the program's: 3 without a GPU.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$here/blockwright-gpu-check
if [ ! -x "$program" ]; then
  echo "$program is missing: gpu/publish.sh makes a folder with it and this script." >&2
  exit 2
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$program" "$@" | tee "$log"
code=${PIPESTATUS[0]}
[ "$code" -eq 0 ] || exit "$code"

if command -v compute-sanitizer >/dev/null; then
  echo "== compute-sanitizer"
  compute-sanitizer --error-exitcode 1 "$program" --quick --network HybridAttention || exit 1
else
  echo "compute-sanitizer is not there: memory was not checked."
fi

grep -q '^time ' "$log" || exit 0
if command -v python3 >/dev/null && python3 -c 'import torch, torchvision; assert torch.cuda.is_available()' 2>/dev/null; then
  echo "== torch"
  python3 "$here/torch_times.py" "$log"
else
  echo "No python3 with torch and torchvision that sees the GPU: there is nothing to compare the times with."
fi
