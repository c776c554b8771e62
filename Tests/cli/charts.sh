# shellcheck shell=sh
# Sourced behind lib.sh by tests that compare with helm on many real charts: a directory of charts in $CHARTS, else the
# archive that may lie beside the project. $charts is where they are; without any the test says so and has nothing more
# to do. An archive that is there and cannot be read is a failure.
# shellcheck disable=SC2154 # root and scratch are lib.sh's
charts=${CHARTS:-} archive=$root/../shared/corpus/charts.tar.xz
if [ -z "$charts" ] && [ -d "${archive%/*}" ]; then
  charts=$scratch/corpus/charts
  mkdir corpus
  ok 'the charts to compare with can be read' tar -xJf "$archive" -C corpus || { finish; exit 1; }
fi
if [ -z "$charts" ]; then
  note "no charts to compare with: name a directory of charts as CHARTS=DIR"
  report 0 'on many charts # SKIP there is no directory of charts'
  finish
  exit 0
fi
