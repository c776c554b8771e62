/// Selects the lines of a pack's Dockerfile that are for some applications only:
///
///     # draft: build        the following lines are for applications with a build script,
///     # draft: no build     for applications without one,
///     # draft: end          for all applications again
///
/// Removes the markers and the lines for other applications. If a section is not ended, the Dockerfile stays as it is.
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
