#!/usr/bin/awk -f
# A worker for `partask map`: squares the number of each line.
#
#     seq 10 | partask map -w 2 awk -f examples/workers/square.awk
#
# mawk also keeps back what it reads; partask notices, and starts it for each batch (mawk -W interactive
# does not).
{
    print $1 * $1
    fflush()
}
