import Command
import Glibc
import OCI
import Records
import Settings

/// The images that draft has put into a store for one application, by name in the order of their last use, and what
/// failed builds have left there, by id. All but the last few are removed, or each save would add one. Only images in
/// this list, which is kept in the draft home, are removed; an image that a container uses stays until it does not.
public struct KeptImages {
  private let path: String
  private let program: String

  /// - Parameters:
  ///   - name: of the list: `podman.default.web`.
  ///   - program: the program whose store it is: buildah, podman or docker.
  public init(_ name: String, program: String, home: Home) throws {
    path = try home.directory("cache/kept") + "/" + name
    self.program = program
  }

  /// Adds an image to the list: a name if its tag is draft's, or the id of a left-over image.
  public func note(_ image: String) {
    guard KeptImages.isOurs(image) else { return }
    write(entries.filter { $0 != image } + [image])
  }

  /// Removes all but the last named images and the last left-over one.
  public func prune(_ count: Int) {
    let all = entries, ids = all.filter(KeptImages.isID), names = all.filter { !KeptImages.isID($0) }
    var dangling: [String]?
    var gone: Set<String> = []
    for image in names.dropLast(count) where !remains(image) { gone.insert(image) }
    for id in ids.dropLast() {
      // It may have been named since.
      dangling = dangling ?? self.dangling()
      if dangling?.contains(where: { $0.hasPrefix(id) }) != true || !remains(id) { gone.insert(id) }
    }
    if !gone.isEmpty { write(all.filter { !gone.contains($0) }) }
  }

  private var entries: [String] {
    ((try? Files.readText(path, limit: 1 << 20)) ?? "").lines.map(String.init).filter(KeptImages.isOurs)
  }

  private func write(_ entries: [String]) {
    // Limits the list if none of its images can be removed.
    try? Files.write(Array((entries.suffix(200).joined(separator: "\n") + "\n").utf8), to: path, durable: false)
  }

  /// Tries to remove an image or its name; returns whether to try again later.
  private func remains(_ image: String) -> Bool {
    guard let result = try? Child.run([program, "rmi", image], output: .discard, errors: .capture, seconds: 60),
      !result.isLate
    else { return true }
    return !result.succeeded && ["in use", "using", "being used"].contains { result.errorText.contains($0) }
  }

  private func dangling() -> [String] {
    let words = [program, "images", "--all", "--quiet", "--no-trunc", "--filter", "dangling=true"]
    let result = try? Child.run(words, output: .capture, errors: .discard, seconds: 60)
    return (result?.outputText ?? "").lines.map { String($0.hasPrefix("sha256:") ? $0.dropFirst(7) : $0) }
  }

  private static func isHex(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func isID(_ text: String) -> Bool { (11...64).contains(text.utf8.count) && isHex(text[...]) }

  /// A tag of 40 hex digits is draft's; others are the user's.
  private static func isOurs(_ text: String) -> Bool {
    if isID(text) { return true }
    guard let colon = text.lastIndex(of: ":"), (try? Reference(text)) != nil else { return false }
    let tag = text[text.index(after: colon)...]
    return tag.utf8.count == 40 && isHex(tag)
  }
}

extension BuildOrder {
  /// The list of the order's images in the builder's store.
  func kept(_ builder: any Builder) -> KeptImages? {
    let program = (builder as? ContainersBuilder)?.program ?? (builder is DockerBuilder ? "docker" : nil)
    return program.flatMap { try? KeptImages("\($0).build.\(app.name)", program: $0, home: home) }
  }

  /// How many images of it stay in the builder's store. A cluster on this machine that uses this store may be rolled
  /// back as far as helm keeps revisions.
  var keeps: Int {
    let config = environmentVariable("KUBECONFIG") ?? (environmentVariable("HOME") ?? "") + "/.kube/config"
    return repository.contains("/")
      || !config.split(separator: ":").contains { Files.exists(String($0)) && $0 != "/dev/null" } ? 3 : 10
  }
}
