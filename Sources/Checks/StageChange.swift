import Command
import Records

/// What a stage has done to a line.
enum StageChange: Equatable {
  case nothing
  /// The member that was added or replaced.
  case set(String)
  /// The message of the line's failure, whether new or from before.
  case failed(String)

  var isFailure: Bool { if case .failed = self { true } else { false } }

  /// Compares two lines, with their line feeds. Throws ``Fault`` if more than one member has changed, a member that is
  /// not the stage's own, or a byte outside of it.
  init(from before: [UInt8], to after: [UInt8]) throws {
    guard let old = try? Record(Array(before.dropLast())) else { throw Fault("it came in malformed") }
    guard after.last == 0x0A else { throw Fault("it has no line feed") }
    let new: Record
    do { new = try Record(Array(after.dropLast())) } catch {
      throw Fault("it is no longer a record: \(sentence(error))")
    }
    if old.has(Failure.name) {
      guard before == after else {
        throw Fault("it carried a failure and was changed: \(StageTrial.difference(after, before))")
      }
      self = .failed((try? old.member(Failure.self))?.message ?? "")
      return
    }
    let added = new.names.filter { !old.has($0) }, lost = old.names.filter { !new.has($0) }
    guard lost.isEmpty else { throw Fault("the member '\(lost[0])' is gone") }
    guard added.count <= 1 else { throw Fault("it has more than one new member: '\(added.joined(separator: "', '"))'") }
    guard let name = try added.first ?? old.names.first(where: { try old[$0] != new[$0] }) else {
      guard before == after else { throw Fault(StageTrial.difference(after, before)) }
      self = .nothing
      return
    }
    guard ![App.name, "draft"].contains(name) else {
      throw Fault("the member '\(name)' is not the stage's, but has changed")
    }
    if added.isEmpty {
      try StageChange.requireSame(old, new, but: name)
    } else {
      // A new member is added after the last one, which ends before the brace.
      var rest = before.prefix(upTo: before.lastIndex(of: UInt8(ascii: "}")) ?? 0)
      while let last = rest.last, [0x20, 0x09].contains(last) { rest.removeLast() }
      guard after.starts(with: rest) else { throw Fault(StageTrial.difference(after, Array(rest))) }
    }
    guard name == Failure.name else { self = .set(name); return }
    do { self = .failed(try new.required(Failure.self).message) } catch { throw Fault(sentence(error)) }
  }

  /// Throws ``Fault`` if anything but the value of the member differs; its spelling is up to the stage.
  private static func requireSame(_ old: Record, _ new: Record, but name: String) throws {
    guard let value = try new[name] else { return }
    var (wanted, got) = (old, new)
    wanted.set(name, to: value)
    got.set(name, to: value)
    guard wanted.bytes == got.bytes else { throw Fault(StageTrial.difference(got.bytes, wanted.bytes)) }
  }
}
