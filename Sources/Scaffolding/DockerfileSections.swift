import Command

/// The lines of a pack's Dockerfile that are for some applications only:
///
///     # draft: build        from here for an application with a script that builds it,
///     # draft: no build     from here for one without,
///     # draft: end          from here for all again
///
/// The lines for the others go, and so do these. A section that nothing ends leaves the Dockerfile as it is.
func sectioned(_ dockerfile: [UInt8], hasBuild: () -> Bool) -> [UInt8] {
  let lines = LineEdit(dockerfile).lines
  guard lines.contains(where: { Section($0) != nil }) else { return dockerfile }
  let hasBuild = hasBuild()
  var kept: [[UInt8]] = [], section = Section.end
  for line in lines {
    if let next = Section(line) { section = next; continue }
    if section == .end || (section == .build) == hasBuild { kept.append(line) }
  }
  return section == .end ? Array(kept.joined(separator: [0x0A])) : dockerfile
}

private enum Section: String {
  case build = "# draft: build", noBuild = "# draft: no build", end = "# draft: end"

  init?(_ line: [UInt8]) {
    self.init(rawValue: String(decoding: line.last == 0x0D ? line.dropLast() : line[...], as: UTF8.self))
  }
}
