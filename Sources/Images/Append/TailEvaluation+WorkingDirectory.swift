import Archives
import Dockerfiles
import Records

/// A working directory that is not copied. docker creates it at WORKDIR, buildah with the first copy after that.
extension TailEvaluation {
  private var workingDirectory: [UInt8] { Array((setting("WorkingDir")?.string ?? "").utf8) }

  /// docker's, in a layer of its own; nil if it exists.
  mutating func workingDirectory(made instruction: Dockerfile.Instruction) throws -> Layer? {
    guard !isRehearsal else { return nil }
    let here = try resolve(PathBytes.cleaned([0x2F] + workingDirectory))
    guard !here.isEmpty, node(here) == nil else { return nil }
    guard ["", "0", "root"].contains(setting("User")?.string ?? "") else {
      throw undivided(instruction, "docker's builders differ in whose the working directory is")
    }
    var draft = LayerDraft(isChecked: false)
    try addDirectories(here, nil, &draft, instruction)
    keep(draft.entries)
    return Layer(entries: draft.entries)
  }

  /// buildah's, in the layer of a copy.
  /// - Parameters:
  ///   - real: the destination of the copy, relative to the root, and whether it is a directory.
  ///   - owner: the owner of what the copy creates.
  func addWorkingDirectory(
    on real: [UInt8], _ isDirectory: Bool, _ owner: (user: Int, group: Int)?, _ draft: inout LayerDraft,
    _ instruction: Dockerfile.Instruction
  ) throws {
    guard !workingDirectory.isEmpty, !isRehearsal else { return }
    let here = try resolve(PathBytes.cleaned([0x2F] + workingDirectory))
    guard !here.isEmpty, node(here) == nil else { return }
    if here == real || real.starts(with: here + [0x2F]) {
      guard isDirectory || here != real else { throw undivided(instruction, "a file becomes the working directory") }
      return try addDirectories(here, owner, &draft, instruction)
    }
    // If the destination is not inside it, it belongs to the image's user.
    let user = setting("User")?.string ?? ""
    guard let maker = user.isEmpty ? (0, 0) : tree.owner(user) else {
      throw undivided(instruction, "the base image does not know the user '\(user)'")
    }
    let common = zip(here.split(separator: 0x2F), real.split(separator: 0x2F)).prefix { $0 == $1 }.count
    guard
      common == 0 || maker == (owner ?? (0, 0))
        || node(Array(here.split(separator: 0x2F).prefix(common).joined(separator: [0x2F]))) != nil
    else {
      throw undivided(instruction, "the working directory is made on the way to another")
    }
    try addDirectories(here, maker, &draft, instruction)
  }
}
