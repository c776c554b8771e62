import Cluster
import Command
import Helm
import Records
import YAML

/// What the cluster has of the releases whose records are waiting, read together before the first of them is handled:
/// each query starts a program that takes a tenth of a second of CPU time. Only records that have arrived are included,
/// so that no record is answered from before it was written.
///
/// What could not be read is left out: its record asks again, and reports the error.
final class Ahead<Answer: Sendable>: @unchecked Sendable {
  private var answers: [String: (answer: Answer, uses: Int)] = [:]
  private let lock = Lock()

  static func key(_ context: KubeContext, _ namespace: String, _ name: String) -> String {
    "\(context.name)\0\(namespace)\0\(name)"
  }

  /// The answer for a record, kept for as many records as have asked for it.
  func take(_ subject: Subject, _ context: KubeContext) -> Answer? {
    lock.locked {
      let key = Ahead.key(context, subject.namespace, subject.name)
      guard let found = answers[key] else { return nil }
      answers[key] = found.uses > 1 ? (found.answer, found.uses - 1) : nil
      return found.answer
    }
  }

  /// Asks about the releases of several records: once for each namespace with at least two.
  func ask(
    _ records: [Record], call: Call,
    _ question: (HelmStorage, _ namespace: String, _ names: [String]) throws -> [String: Answer]
  ) {
    var places: [(context: KubeContext, namespace: String, names: [String])] = []
    for record in records {
      guard let subject = try? Subject(record, call: call, reading: true), case .helm(let context) = subject.engine
      else { continue }
      if let index = places.firstIndex(where: { $0.context == context && $0.namespace == subject.namespace }) {
        places[index].names.append(subject.name)
      } else {
        places.append((context, subject.namespace, [subject.name]))
      }
    }
    for place in places where place.names.count > 1 {
      guard let storage = try? HelmStorage(context: place.context, call: call),
        let found = try? question(storage, place.namespace, Set(place.names).sorted())
      else { continue }
      lock.locked {
        for (name, answer) in found {
          answers[Ahead.key(place.context, place.namespace, name)] = (answer, place.names.count { $0 == name })
        }
      }
    }
  }
}

/// What ``status(_:call:)`` of one record is made from.
struct StatusAhead: Sendable {
  var stored: Result<StoredRelease, HelmError>
  var group: LiveGroup?

  static func all(_ call: Call) -> Ahead<StatusAhead> { call.memory.value(Ahead<StatusAhead>.init) }
}

/// Reads ahead what ``status(_:call:)`` will need for these records. See ``Ahead``.
public func askAhead(status records: [Record], call: Call) {
  StatusAhead.all(call).ask(records, call: call) { storage, namespace, names in
    var answers: [String: StatusAhead] = [:], manifests: [[JSON]] = []
    let entries = try storage.newest("name in (\(names.joined(separator: ",")))", namespace: namespace)
    try storage.read(entries) { entry, result in
      // Do not keep the files of a hundred charts: only their metadata is needed.
      answers[entry.name] = StatusAhead(stored: result.map(\.withoutFiles))
      if case .success(let stored) = result, let manifest = try? json(stream: Array(stored.state.manifest.utf8)) {
        manifests.append(manifest)
      }
    }
    let known = Set(entries.map(\.name))
    for name in names where !known.contains(name) {
      answers[name] = StatusAhead(stored: .failure(.noRelease(name: name, place: storage.place(namespace))))
    }
    let group = try? LiveGroup(
      of: manifests, namespace: namespace, kubectl: Kubectl(context: storage.context, call: call))
    return answers.mapValues { StatusAhead(stored: $0.stored, group: group) }
  }
}

/// The revisions of one record's release that are to be shown.
struct HistoryAhead: Sendable {
  var revisions: [(entry: HelmStorage.Entry, revision: Result<History.Revision, HelmError>)] = []

  static func all(_ call: Call) -> Ahead<HistoryAhead> { call.memory.value(Ahead<HistoryAhead>.init) }
}

/// Reads ahead what ``history(_:limit:call:)`` will need for these records. See ``Ahead``.
public func askAhead(history records: [Record], limit: Int, call: Call) {
  HistoryAhead.all(call).ask(records, call: call) { storage, namespace, names in
    let entries = Dictionary(
      grouping: try storage.entries("name in (\(names.joined(separator: ",")))", namespace: namespace), by: \.name)
    var answers: [String: HistoryAhead] = [:], wanted: [HelmStorage.Entry] = []
    for name in names {
      answers[name] = HistoryAhead()
      wanted += (entries[name] ?? []).sorted { $0.revision > $1.revision }.prefix(limit)
    }
    try storage.read(wanted) { entry, result in
      answers[entry.name]?.revisions.append((entry, result.map { History.Revision(entry, $0) }))
    }
    return answers
  }
}
