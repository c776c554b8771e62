import Command
import Records

/// What a stage has done to a record.
enum StageChange: Equatable {
  case nothing
  /// The members that was added or replaced.
  case set([String])
  /// The message of the record's failure, whether new or from before.
  case failed(String)

  var isFailure: Bool { if case .failed = self { true } else { false } }

  /// Compares two records, with their line feeds. Throws ``Fault`` if a member has changed that is not the stage's own,
  /// or a byte outside of its members.
  /// - Parameter declared: the members that `--describe` says the stage writes; if empty, it may write one.
  init(from before: [UInt8], to after: [UInt8], declared: [String] = []) throws {
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
    if declared.isEmpty, added.count > 1 {
      throw Fault("it has more than one new member: '\(added.joined(separator: "', '"))'")
    }
    let replaced = try old.names.filter { try old[$0] != new[$0] }, changed = replaced + added
    if changed.isEmpty {
      guard before == after else { throw Fault(StageTrial.difference(after, before)) }
      self = .nothing
      return
    }
    for name in changed where name != Failure.name {
      guard ![App.name, "draft"].contains(name) else {
        throw Fault("the member '\(name)' is not the stage's, but has changed")
      }
      guard declared.isEmpty || declared.contains(name) else {
        throw Fault("the member '\(name)' has changed, but --describe does not list it as written")
      }
    }
    if added.contains(Failure.name), changed.count > 1 {
      throw Fault("it has failed, and has changed other members as well")
    }
    // One that does not say which are its own has one.
    let own = declared.isEmpty ? [added.first ?? changed[0]] : changed
    try StageChange.requireSame(old, new, but: replaced.filter(own.contains), hasNew: !added.isEmpty)
    guard own.contains(Failure.name) else { self = .set(own); return }
    do { self = .failed(try new.required(Failure.self).message) } catch { throw Fault(sentence(error)) }
  }

  /// Throws ``Fault`` if anything but the values of the members differs; their spelling is up to the stage. A new
  /// member is added after the last one, which ends before the brace.
  private static func requireSame(_ old: Record, _ new: Record, but names: [String], hasNew: Bool) throws {
    var (wanted, got) = (old, new)
    for name in names {
      guard let value = try new[name] else { continue }
      wanted.set(name, to: value)
      got.set(name, to: value)
    }
    guard hasNew else {
      guard wanted.bytes == got.bytes else { throw Fault(StageTrial.difference(got.bytes, wanted.bytes)) }
      return
    }
    var rest = wanted.bytes.prefix(upTo: wanted.bytes.lastIndex(of: UInt8(ascii: "}")) ?? 0)
    while let last = rest.last, [0x20, 0x09].contains(last) { rest.removeLast() }
    guard got.bytes.starts(with: rest) else { throw Fault(StageTrial.difference(got.bytes, Array(rest))) }
  }
}
