# Draws four panels over the time of a run. The program puts in front: a block $refuse, $wait, ... for each engine;
# `engines`, the names of these blocks, with `titles` and `colors`; `headline`, `output_file`, the times `t_least`, `t_end` and
# `t_most`, and where a device stands still `stall_begin` and `stall_end`. Columns of a block: seconds since the begin of
# the overload, MiB resident, operations queued, p50 and p99 in milliseconds (NaN: none completed), and level of pressure (NaN: has none).
set terminal pngcairo noenhanced size 1300,1500 font "DejaVu Sans,11" background "#ffffff"
set output output_file
set multiplot layout 4,1 title headline font ",13" margins 0.085,0.98,0.085,0.93 spacing 0,0.045

set xrange [t_least:t_most]
set grid ytics xtics lc rgb "#e2e2e2" lt 1 lw 1
set border 3 lc rgb "#555555"
set tics nomirror textcolor rgb "#333333"
unset key
set object 1 rectangle from first 0, graph 0 to first t_end, graph 1 fc rgb "#fff3e0" fs solid noborder behind
if (exists("stall_begin")) set object 2 rectangle from first stall_begin, graph 0 to first stall_end, graph 1 fc rgb "#ffcdd2" fs solid noborder behind

count = words(engines)

set title "Resident memory, MiB (shaded: the overload; darker: the device stands still)"
set logscale y
plot for [i=1:count] word(engines, i) using 1:2 with lines lw 2 lc rgb word(colors, i) notitle

set title "Operations queued: waiting, accepted or in the kernel"
set yrange [0.8:*]
plot for [i=1:count] word(engines, i) using 1:($3 < 1 ? 0.8 : $3) with lines lw 2 lc rgb word(colors, i) notitle
set yrange [*:*]

set title "Latency from initiation in milliseconds: p99, and p50 thin"
plot for [i=1:count] word(engines, i) using 1:5 with lines lw 2 lc rgb word(colors, i) notitle, \
     for [i=1:count] word(engines, i) using 1:4 with lines lw 1 dt 2 lc rgb word(colors, i) notitle
unset logscale y

set title "Level of pressure"
set yrange [-0.2:2.2]
set ytics ("normal" 0, "throttled" 1, "suspended" 2)
set xlabel "seconds since the begin of the overload"
set key at screen 0.5,0.015 center bottom maxrows 1 samplen 2 width 1
plot for [i=1:count] word(engines, i) using 1:($6 + (i - 1) * 0.04) with steps lw 2 lc rgb word(colors, i) title word(titles, i)
unset multiplot
