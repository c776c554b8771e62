import Glibc
import Records

/// Who releases an application, and from where: `ann@laptop:/home/ann/web`. Two directories of one name share a
/// release, on one machine or on several; this tells them apart. It is for people to read and proves nothing.
package enum Author {
  /// The chart value that holds it.
  package static let value = "releasedBy"

  package static func of(_ app: App) -> String { cleaned(app.by ?? "\(here):\(app.dir)") }

  private static let here: String = {
    let user = getpwuid(geteuid()).flatMap { String(validatingCString: $0.pointee.pw_name) } ?? String(geteuid())
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "\(user)@unknown" }
    return "\(user)@" + String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  /// A form that is safe in a label, a message and an argument.
  package static func cleaned(_ text: String) -> String {
    let plain = text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    return String(String.UnicodeScalarView(plain.prefix(512)))
  }
}

/// The user on whose behalf a server releases the line, for the server to record.
public func author(of app: App) -> String { Author.of(app) }
