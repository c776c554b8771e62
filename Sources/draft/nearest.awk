# Prints the name or option that is most similar to $want. The input is names of commands, or the text of --help. It
# is the shortest that begins with $want, else the one with the smallest edit distance; nothing if none is similar.
function smallest(a, b) { return a < b ? a : b }
function distance(a, b,    i, j, m, n, row, above, left) {
  m = length(a); n = length(b)
  for (j = 0; j <= n; j++) row[j] = j
  for (i = 1; i <= m; i++) {
    above = row[0]; row[0] = i
    for (j = 1; j <= n; j++) {
      left = smallest(smallest(row[j], row[j - 1]) + 1, above + (substr(a, i, 1) != substr(b, j, 1)))
      above = row[j]; row[j] = left
    }
  }
  return row[n]
}
BEGIN { want = substr(ENVIRON["want"], 1, 64); sub(/=.*/, "", want) }
{
  name = $1 ~ /^-[a-zA-Z0-9],$/ ? $2 : $1
  if (want ~ /^-/ ? name !~ /^--[a-z]/ : NF != 1) next
  far = index(name, want) == 1 ? 0 : distance(want, name)
  if (best == "" || far < least || (far == least && length(name) < length(best))) { best = name; least = far }
}
END { if (best != "" && least <= 1 + int(length(want) / 4)) print best }
