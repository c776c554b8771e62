import Command
import Glibc
import HTTP
import Records
import Settings

/// The repositories that helm knows: whether each answers and accepts its login, and how old its stored index is. None
/// is asked again where one try fails, and nothing is stored.
public func checkRepositories(_ call: Call) -> [Doctor.Check] {
  let all: [HelmRepository]
  do { all = try HelmRepository.all() } catch {
    let diagnosis = diagnosis(of: error)
    return [.init("repo", .failure, diagnosis.message, hint: diagnosis.hint)]
  }
  return all.filter { !$0.url.hasPrefix("oci://") }.map { $0.check(call) }
}

/// Days after which an index is called old.
private let oldIndex = 14

extension HelmRepository {
  fileprivate func check(_ call: Call) -> Doctor.Check {
    do {
      guard try isThere(call) else {
        return .init(
          "repo", .failure, "'\(name)' has no index at '\(shownURL)'",
          hint: "is its URL right? 'draft repo rm \(name.shellWord)' removes it")
      }
    } catch {
      let diagnosis = diagnosis(of: error)
      return .init("repo", .failure, diagnosis.message, hint: diagnosis.hint)
    }
    let update = "try 'draft repo update \(name.shellWord)'"
    var status = stat()
    guard let index = storedIndex, stat(index, &status) == 0 else {
      return .init("repo", .warning, "'\(name)' answers, but there is no index of it here", hint: update)
    }
    let (age, isOdd) = Int(time(nil)).subtractingReportingOverflow(Int(status.st_mtim.tv_sec))
    let days = isOdd ? 0 : max(0, age / 86_400)
    let words = days == 0 ? "of today" : days == 1 ? "of yesterday" : "\(days) days old"
    if days > oldIndex {
      return .init("repo", .warning, "'\(name)' answers, but its index here is \(words)", hint: update)
    }
    return .init("repo", .ok, "'\(name)' answers; its index here is \(words)")
  }

  /// A query may hold a secret.
  private var shownURL: String { String(url.prefix { $0 != "?" }) }

  /// Whether there is an index at the URL.
  /// - Throws: ``RepositoryError``, `StorageError`.
  private func isThere(_ call: Call) throws -> Bool {
    if let store = try bucketStore(url, login: login, call: call) {
      return try store.get(IndexPublication.index, limit: ChartIndex.limit) != nil
    }
    guard let address = indexAddress else {
      throw RepositoryError.badURL(url, reason: "it is not a URL of http, https, s3 or gs without a user name")
    }
    return try WebClient(repository: self, call: call).exists(address, what: "'\(address.withoutQuery)'")
  }
}

/// The logins of `draft credential`: nil if there are none.
public func checkCredentials(_ home: Home) -> Doctor.Check? {
  do {
    let store = try Credentials(home: home), all = try store.all()
    for credential in all { _ = try store.login(credential.name) }
    if let path = store.openToOthers {
      return .init("logins", .failure, "others can read '\(path)'", hint: "chmod 600 \(path.shellWord)")
    }
    guard let first = all.first else { return nil }
    let place = first.store == "file" ? "a file for you alone" : "docker-credential-\(first.store)"
    return .init("logins", .ok, "\(all.count) in \(place)")
  } catch {
    let diagnosis = diagnosis(of: error)
    return .init("logins", .failure, diagnosis.message, hint: diagnosis.hint)
  }
}
