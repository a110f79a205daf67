#!/usr/bin/env bash
# A worker for `partask map`: squares the number of each line.
#
#     seq 10 | partask map -w 2 bash examples/workers/square.sh
while IFS= read -r n; do
    echo $((n * n))
done
