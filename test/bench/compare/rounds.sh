#!/bin/sh
# One round: each line of standard input is "ID NAME PORT CONNECTIONS SECONDS LIST". Prints for each of them
# "ID CPU_NS REQUESTS DURATION_US ERRORS P50_US P99_US", the CPU time being that of the processes of /run/NAME.pid.
processes() {
  master=$(cat "/run/$1.pid")
  echo "$master"
  # The fourth field is the parent.
  awk -v master="$master" '$4 == master { print $1 }' /proc/[0-9]*/stat 2>/dev/null
}
# Nanoseconds on a processor, as user and as system, of all threads.
cpu() {
  for pid in $1; do cat /proc/"$pid"/task/*/schedstat; done | awk '{ ns += $1 } END { printf "%.0f", ns }'
}
while read -r id name port connections seconds list; do
  pids=$(processes "$name")
  before=$(cpu "$pids")
  said=$(timeout -s INT "$seconds" wrk -t1 -c"$connections" -d30s -s /srv/bench/load.lua "http://127.0.0.1:$port" -- "$list" </dev/null 2>&1)
  after=$(cpu "$pids")
  echo "$id $((after - before)) $(echo "$said" | sed -n 's/^WRK //p')"
done
