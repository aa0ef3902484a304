# How often each gap occurs between neighbouring primes up to `to`; the last line has how many primes there are and the widest gap.
$1 > to { exit }
NR > 1 { count[$1 - before]++ }
NR > 1 && $1 - before > widest { widest = $1 - before; left = before }
{ before = $1; primes++ }
END {
  print "gap,times"
  for (gap = 1; gap <= widest; gap++) if (gap in count) print gap "," count[gap]
  print "primes " primes ", widest gap " widest " after " left
}
