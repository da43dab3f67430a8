# Draws three panels. The program puts in front: a block $bridge, $raw, ... for each engine; `engines`, the names of these
# blocks, with `titles` and `colors`; `headline`, `output_file`, and the scale of depths. Columns of a block: depth, then median, min
# and max of thousand IOPS, of CPU seconds per million operations, and of p99 in microseconds.
set terminal pngcairo noenhanced size 1600,640 font "DejaVu Sans,11" background "#ffffff"
set output output_file
set multiplot layout 1,3 title headline font ",14" margins 0.045,0.985,0.235,0.83 spacing 0.05,0

set style data yerrorlines
set logscale x 2
set xlabel "operations in flight"
set xrange [x_least:x_most]
eval x_tics
set grid ytics lc rgb "#dddddd" lt 1 lw 1
set border 3 lc rgb "#555555"
set tics nomirror textcolor rgb "#333333"
set bars 0.5
unset key

# Side by side, so that the bars of engines that are alike do not hide each other.
count = words(engines)
beside(x, i) = x * x_step ** (i - (count + 1) / 2.0)

set title "Thousand operations per second (higher is better)"
set yrange [0:*]
plot for [i=1:count] word(engines, i) using (beside($1, i)):2:3:4 lw 1.5 pt 7 ps 1.1 lc rgb word(colors, i) notitle

set title "CPU seconds per million operations (lower is better)"
set logscale y
set yrange [*:*]
set ytics (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
set key at screen 0.5,0.03 center bottom maxrows 1 samplen 2 width 1
plot for [i=1:count] word(engines, i) using (beside($1, i)):5:6:7 lw 1.5 pt 7 ps 1.1 lc rgb word(colors, i) title word(titles, i)
unset key

set title "p99 latency in microseconds (lower is better)"
set ytics (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000)
plot for [i=1:count] word(engines, i) using (beside($1, i)):8:9:10 lw 1.5 pt 7 ps 1.1 lc rgb word(colors, i) notitle
unset multiplot
