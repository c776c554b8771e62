import Command
import Glibc
import Records

/// Where the chart of a release came from. It is stored with the release, in the annotations of its Chart.yaml, where
/// `helm get metadata` and `helm get all` show it: a rollback brings back the origin of that revision, and an upgrade
/// by hand leaves none.
///
///     sh.draft.origin: /home/ann/web/chart        or helm:example.com/stable/web#1.2.3
///     sh.draft.host: laptop                       of a directory
///     sh.draft.digest: sha256:0123…               of the archive that helm was given
///     sh.draft.values: '["/home/ann/prod.yaml"]'  the values files, if there were any
extension ChartOrigin {
  private static let prefix = "sh.draft."

  package var annotations: [String: String] {
    var all = ["origin": directory ?? reference ?? "", "digest": digest]
    if let host { all["host"] = host }
    if !values.isEmpty { all["values"] = JSON.strings(values).text }
    return Dictionary(uniqueKeysWithValues: all.map { (ChartOrigin.prefix + $0, $1) })
  }

  /// Of a chart that is not draft's to say where it is from.
  package static func removed(from annotations: [String: String]) -> [String: String] {
    annotations.filter { name, _ in !["origin", "host", "digest", "values"].contains { prefix + $0 == name } }
  }

  /// From the annotations of a stored chart; nil if it has none. Anyone may have written them.
  init?(annotations: JSON?) {
    func text(_ name: String) -> String? {
      annotations?[ChartOrigin.prefix + name]?.string.flatMap { $0.isEmpty || $0 != $0.harmless ? nil : $0 }
    }
    guard let place = text("origin"), let digest = text("digest") else { return nil }
    let files = text("values").flatMap { try? JSON(parsing: Array($0.utf8)).array }?.compactMap(\.string) ?? []
    if place.hasPrefix("/") {
      guard let host = text("host") else { return nil }
      self.init(directory: place, host: host, digest: digest, values: files)
    } else {
      self.init(reference: place, digest: digest, values: files)
    }
  }

  /// The name of this machine.
  package static let here: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  package var isHere: Bool { directory == nil || host == ChartOrigin.here }
}

extension StoredRelease {
  package var origin: ChartOrigin? { ChartOrigin(annotations: json["chart"]?["metadata"]?["annotations"]) }
}
